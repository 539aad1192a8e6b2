"""Runs a coroutine up to where it first waits. Nearly all writes to a socket never do, and cost no task then."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def start(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
    """None when it is done; else a task that does the rest.

    What runs at once runs as part of whoever calls: it must not ask which task it is in (`asyncio.timeout` does).
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return asyncio.create_task(_finish(work, awaited))


@coroutine
def _finish(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """What `await work` would do from here on, had it been awaited from the start."""
    try:
        while True:
            try:
                yield awaited
            except GeneratorExit:
                work.close()
                raise
            except BaseException as error:  # noqa: BLE001 (as a rule a cancellation, which is the coroutine's to handle)
                awaited = work.throw(error)
            else:
                awaited = work.send(None)
    except StopIteration:
        return
