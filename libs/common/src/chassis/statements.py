"""Around every statement: how long its answer is waited for, and what its errors may say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.patience import Patience

# One that has stopped answering is noticed in less than two seconds, so that whoever asks is told, and does not wait
# until their own patience ends.
SECONDS: Final = 1.5

_SECONDS: Final = "patience_seconds"
_WAITING: Final = "chassis.statements.waiting"


class _Waiting:
    """For an answer on this connection. Without one in time it is cut: rolling back would take as long again."""

    def __init__(self, raw: Any, seconds: float) -> None:
        self._raw, self.is_over = raw, False
        self._patience = Patience(seconds, self._cut)

    def stop(self) -> None:
        self._patience.stop()

    def _cut(self) -> None:
        self.is_over = True
        self._raw.terminate()


@contextmanager
def waiting(raw: Any, seconds: float) -> Iterator[None]:
    """Cuts an asyncpg connection on which the block waits longer."""
    begun = _Waiting(raw, seconds)
    try:
        yield
    finally:
        begun.stop()


def options(seconds: float) -> dict[str, Any]:
    """For the execution options of an engine: how long each answer is waited for."""
    return {_SECONDS: seconds}


def seconds_of(engine: AsyncEngine) -> float:
    seconds: float = engine.get_execution_options().get(_SECONDS, SECONDS)
    return seconds


def watch(engine: AsyncEngine) -> None:
    event.listen(engine.sync_engine, "before_cursor_execute", _begin)
    event.listen(engine.sync_engine, "after_cursor_execute", _end)
    event.listen(engine.sync_engine, "handle_error", _handle_error)


def _begin(connection: Connection, *_: Any) -> None:
    raw = connection.connection.driver_connection
    connection.info[_WAITING] = _Waiting(raw, connection.get_execution_options()[_SECONDS])


def _end(connection: Connection, *_: Any) -> None:
    _stopped(connection)


def _stopped(connection: Connection) -> _Waiting | None:
    begun: _Waiting | None = None if connection.invalidated else connection.info.pop(_WAITING, None)
    if begun is not None:
        begun.stop()
    return begun


def _handle_error(context: ExceptionContext) -> None:
    begun = _stopped(context.connection) if context.connection is not None else None
    if begun is not None and begun.is_over:
        # The others may be well: what took so long may have been this one statement.
        context.invalidate_pool_on_disconnect = False
    _quote_nothing(context, context.original_exception.__cause__)


def _quote_nothing(context: ExceptionContext, driver: BaseException | None) -> None:
    """The server quotes values in the detail of an error, and the driver those it cannot send. Errors are logged."""
    if isinstance(driver, asyncpg.PostgresError):
        driver.detail = None
    if not isinstance(driver, asyncpg.DataError):
        return
    said, plain = str(driver.args[0]), str(driver.args[0]).partition(":")[0]
    for each in (driver, context.original_exception, context.sqlalchemy_exception):
        if each is not None:
            each.args = tuple(arg.replace(said, plain) if isinstance(arg, str) else arg for arg in each.args)
