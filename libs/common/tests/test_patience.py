import asyncio
import time

import pytest

from chassis.patience import within


class TestWithin:
    async def test_ends_a_block_that_takes_longer(self) -> None:
        begun = time.monotonic()

        with pytest.raises(TimeoutError):
            async with within(0.2):
                await asyncio.Event().wait()

        assert time.monotonic() - begun >= 0.19

    async def test_leaves_alone_what_comes_in_time(self) -> None:
        async with within(0.2):
            await asyncio.sleep(0)

        await asyncio.sleep(0.3)

    async def test_does_not_count_the_time_in_which_this_process_does_not_run(self) -> None:
        """Four ticks. One of them lasts for longer than all of them should."""
        arrived = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, time.sleep, 1)
        loop.call_later(0.02, arrived.set)

        async with within(0.4):
            await arrived.wait()
            await asyncio.sleep(0.15)

    async def test_lets_pass_what_went_wrong_inside(self) -> None:
        with pytest.raises(ValueError, match="inside"):
            async with within(10):
                raise ValueError("inside")
