from uuid import uuid4

import pytest

from chassis.problems import InvalidRequest
from todos_service.sync import cursors
from todos_service.sync.cursors import Cursor


class TestDecode:
    @pytest.mark.parametrize("seq, since", [(0, 0), (1, 2), (2**62, 2**62)])
    def test_gives_what_was_encoded(self, seq: int, since: int) -> None:
        cursor = Cursor(uuid4(), seq, since)

        assert cursors.decode(cursors.encode(cursor)) == cursor

    @pytest.mark.parametrize("encoded", ["", "a", "nonsense", "é", "\ud800", "A" * 42, "A" * 44, "=" * 8, "AAAA+AAA"])
    def test_refuses_everything_else(self, encoded: str) -> None:
        with pytest.raises(InvalidRequest):
            cursors.decode(encoded)

    def test_gives_no_number_that_postgres_has_not(self) -> None:
        forged = cursors.decode(cursors.encode(Cursor(uuid4(), 2**64 - 1, 2**64 - 1)))

        assert (forged.seq, forged.since) == (2**63 - 1, 2**63 - 1)
