import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from daybook.checkout import Checkout
from daybook.installation.stamps import Stamp
from daybook.installation.turns import made
from daybook.worksite import Worksite


@pytest.fixture
def clone(site: Worksite, tmp_path: Path) -> Worksite:
    return replace(site, checkout=Checkout(tmp_path))


class TestMade:
    @pytest.fixture
    def stamp(self, tmp_path: Path) -> Stamp:
        return Stamp(tmp_path / "made" / ".daybook", "inputs")

    async def test_works_once_for_the_same_inputs(self, clone: Worksite, stamp: Stamp) -> None:
        done: list[str] = []

        async def work() -> None:
            done.append("work")

        await made(clone, "thing", stamp, work)
        await made(clone, "thing", stamp, work)

        assert done == ["work"]

    async def test_works_again_when_it_was_cut_off(self, clone: Worksite, stamp: Stamp) -> None:
        async def fail() -> None:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            await made(clone, "thing", stamp, fail)

        assert not stamp.is_fresh

    async def test_lets_whoever_comes_second_find_it_done(
        self, clone: Worksite, stamp: Stamp, capsys: pytest.CaptureFixture[str]
    ) -> None:
        started, finish, done = asyncio.Event(), asyncio.Event(), []

        async def work() -> None:
            done.append("work")
            started.set()
            await finish.wait()

        first = asyncio.ensure_future(made(clone, "thing", stamp, work))
        await started.wait()
        second = asyncio.ensure_future(made(clone, "thing", stamp, work))
        await asyncio.sleep(0)
        finish.set()
        await asyncio.gather(first, second)

        assert done == ["work"]
        assert "waiting for it" in capsys.readouterr().out

    async def test_does_not_wait_when_nothing_is_to_be_done(self, clone: Worksite, stamp: Stamp) -> None:
        started = asyncio.Event()

        async def work() -> None:
            started.set()
            await asyncio.Event().wait()

        other = Stamp(stamp.file.with_name("other"), "inputs")
        busy = asyncio.ensure_future(made(clone, "thing", other, work))
        await started.wait()
        stamp.set()

        async with asyncio.timeout(1):
            await made(clone, "thing", stamp, work)

        busy.cancel()
        await asyncio.wait([busy])
