import os
import tempfile
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest

from chassis.problems import ServiceUnavailable
from todos_service.transfer.uploads import Spool


async def read(spool: Spool, size: int) -> bytes:
    pieces = []
    while piece := await spool.read(size):
        pieces.append(piece)
    return b"".join(pieces)


class TestSpool:
    @pytest.mark.parametrize("length", [0, 1, 64 * 1024, 3 * 1024 * 1024 + 1])
    @pytest.mark.parametrize("size", [-1, 1000, 10**6])
    async def test_gives_back_what_was_written(self, length: int, size: int) -> None:
        content = os.urandom(length)
        with Spool() as spool:
            for begin in range(0, length, 50_000):
                spool.write(content[begin : begin + 50_000])
            spool.rewind()

            assert await read(spool, size) == content

    def test_writes_nothing_on_a_disk_that_anybody_could_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = bytearray()

        class Remembered(SpooledTemporaryFile[bytes]):
            def write(self, piece: Any) -> int:
                written.extend(piece)
                return super().write(piece)

        monkeypatch.setattr("todos_service.transfer.uploads.SpooledTemporaryFile", Remembered)
        with Spool() as spool:
            spool.write(b"Water the ferns" * 10_000)
            spool.rewind()

        assert len(written) > 150_000
        assert b"ferns" not in written

    def test_says_so_where_there_is_no_room(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        with Spool() as spool, pytest.raises(ServiceUnavailable):
            spool.write(bytes(2 * 1024 * 1024))
