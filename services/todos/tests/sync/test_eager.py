import asyncio

import pytest

from todos_service.sync import eager


class TestStart:
    async def test_needs_no_task_for_what_does_not_wait(self) -> None:
        done = []

        async def work() -> None:
            done.append(1)

        assert eager.start(work()) is None
        assert done == [1]

    async def test_finishes_what_waits_in_a_task(self) -> None:
        first, second, done = asyncio.Event(), asyncio.Event(), []

        async def work() -> None:
            done.append("begun")
            await first.wait()
            done.append("half")
            await asyncio.gather(second.wait(), asyncio.sleep(0))
            done.append("done")

        task = eager.start(work())
        assert task is not None
        assert done == ["begun"]
        first.set()
        second.set()
        await task

        assert done == ["begun", "half", "done"]

    async def test_lets_what_waits_be_cancelled(self) -> None:
        done = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                done.append("tidied up")

        task = eager.start(work())
        assert task is not None
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert done == ["tidied up"]

    async def test_raises_what_fails_at_once(self) -> None:
        async def work() -> None:
            raise ValueError("at once")

        with pytest.raises(ValueError, match="at once"):
            eager.start(work())

    async def test_lets_its_task_raise_what_fails_later(self) -> None:
        async def work() -> None:
            await asyncio.sleep(0)
            raise ValueError("later")

        task = eager.start(work())
        assert task is not None
        with pytest.raises(ValueError, match="later"):
            await task
