import asyncio

import pytest

from chassis import background


class TestRunning:
    async def test_starts_a_failed_task_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "_FIRST_PAUSE", 0.001)
        attempts, worked = 0, asyncio.Event()

        async def task() -> None:
            nonlocal attempts
            attempts += 1
            if attempts < 3:
                raise ConnectionError("away")
            worked.set()
            await asyncio.Event().wait()

        async with background.running(task=task):
            await asyncio.wait_for(worked.wait(), 60)

        assert attempts == 3

    async def test_waits_for_its_tasks_to_clean_up(self) -> None:
        started, cleaned = asyncio.Event(), False

        async def task() -> None:
            nonlocal cleaned
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned = True

        async with background.running(task=task):
            await started.wait()

        assert cleaned

    async def test_ends_a_task_that_takes_its_cancellation_for_a_failure(self) -> None:
        started = asyncio.Event()

        async def task() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                raise ConnectionError("away") from error

        async with asyncio.timeout(60), background.running(task=task):
            await started.wait()
