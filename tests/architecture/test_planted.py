"""What `tests/planted` plants is found in the source as it is now, and so is the test that has to notice it.

Planting takes an hour and is part of `make chaos`; a change that moves a line is told here.
"""

import re
from pathlib import Path

import pytest
from tests.planted.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
class TestBugs:
    def test_can_be_planted(self, bug: Bug) -> None:
        assert (ROOT / bug.file).read_text().count(bug.old) == 1

    def test_has_somebody_to_notice_it(self, bug: Bug) -> None:
        file, *names = bug.caught_by.partition("[")[0].split("::")
        source = (ROOT / file).read_text()
        assert names
        for name in names:
            assert re.search(rf"(class|def) {name}\b", source), name
