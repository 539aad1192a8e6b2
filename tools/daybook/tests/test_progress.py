import asyncio
import re

import pytest

from daybook import progress
from daybook.progress import Progress


class TestStep:
    async def test_tells_when_it_starts_and_how_long_it_took(self, capsys: pytest.CaptureFixture[str]) -> None:
        with Progress().step("npm", "fetching"):
            assert re.fullmatch(r" +0\.\d s  npm: fetching …\n", capsys.readouterr().out)

        assert re.fullmatch(r" +0\.\d s  npm: done in 0\.\d s\n", capsys.readouterr().out)

    async def test_does_not_call_a_failure_done(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(ConnectionError), Progress().step("npm", "fetching"):
            raise ConnectionError

        assert "done" not in capsys.readouterr().out

    async def test_reminds_of_what_takes_long(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(progress, "_REMIND_SECONDS", 0.01)

        with Progress().step("npm", "fetching"):
            await asyncio.sleep(0.1)

        shown = capsys.readouterr().out
        assert "npm: still at it after" in shown
        await asyncio.sleep(0.05)
        assert capsys.readouterr().out == ""
