import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from todos_service.owners.ledger import Entry, Ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


def mode_of(file: Path) -> int:
    return file.stat().st_mode & 0o777


def tear(file: Path) -> None:
    """A process that died while it was writing."""
    file.write_text(file.read_text() + "2026-11-22T17:30:00Z 01939b4c-4a6e")


class TestLedger:
    async def test_keeps_everybody_in_order(self, file: Path) -> None:
        people = [uuid4() for _ in range(3)]
        for each in people:
            await Ledger(file).add(each)

        entries = list(Ledger(file).entries())

        assert [entry.owner_id for entry in entries if isinstance(entry, Entry)] == people
        assert mode_of(file) == 0o600

    async def test_takes_many_at_once(self, file: Path) -> None:
        people = {uuid4() for _ in range(50)}

        await asyncio.gather(*(Ledger(file).add(each) for each in people))

        assert {entry.owner_id for entry in Ledger(file).entries() if isinstance(entry, Entry)} == people

    async def test_loses_nothing_to_a_line_that_was_cut_off(self, file: Path) -> None:
        before, after = uuid4(), uuid4()
        await Ledger(file).add(before)
        tear(file)

        await Ledger(file).add(after)

        first, torn, last = Ledger(file).entries()
        assert isinstance(first, Entry)
        assert isinstance(last, Entry)
        assert (first.owner_id, torn, last.owner_id) == (before, "2026-11-22T17:30:00Z 01939b4c-4a6e", after)

    def test_is_missing_only_by_a_setting(self, file: Path) -> None:
        assert Ledger.of(None) is None
        assert isinstance(Ledger.of(file), Ledger)
