"""The way to a transaction, and the one answer to "is Postgres away?".

Statements are SQLAlchemy Core on connections. Declarative classes describe tables; they are never loaded as objects.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import URL, ColumnElement, DateTime, MetaData, Uuid, make_url, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chassis.problems import Problem, ServiceUnavailable
from chassis.settings import DatabaseSettings

_NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
COLUMN_TYPES: dict[Any, Any] = {datetime: DateTime(timezone=True), UUID: Uuid()}

_CONNECT_SECONDS = 2
_CHECKOUT_SECONDS = 2
# Above the role's statement_timeout: it only fires when the server no longer answers at all.
_ANSWER_SECONDS = 5


def metadata() -> MetaData:
    """A new collection of tables whose constraints have predictable names."""
    return MetaData(naming_convention=_NAMES)


class Database:
    """Hands out connections. What happens inside a transaction happens together, or not at all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Commits when the block ends, rolls back when it raises."""
        return self.engine.begin()

    def reads(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """For single statements: spares the BEGIN and COMMIT round trips."""
        return self._autocommit.connect()

    @asynccontextmanager
    async def listening(self, channel: ColumnElement[str]) -> AsyncIterator["Bell"]:
        """A bell that rings with every NOTIFY on a channel, whose name Postgres works out.

        Behind a transaction pooler it stays silent, so nobody may rely on it alone.
        """
        async with self.reads() as listener:
            raw = (await listener.get_raw_connection()).driver_connection
            if not isinstance(raw, asyncpg.Connection):
                raise TypeError("only asyncpg listens")
            name, bell = str(await listener.scalar(select(channel))), Bell(raw)
            await raw.add_listener(name, bell.ring)
            try:
                yield bell
            finally:
                if not raw.is_closed():
                    await raw.remove_listener(name, bell.ring)

    async def ping(self) -> None:
        async with self.reads() as connection:
            await connection.execute(text("select 1"))


class Bell:
    """Remembers that it rang while nobody was waiting."""

    def __init__(self, listener: "asyncpg.Connection[Any]") -> None:
        self._listener, self._rang = listener, asyncio.Event()

    def ring(self, *_: object) -> None:
        self._rang.set()

    async def wait(self, seconds: float) -> None:
        """Returns when it has rung since the last time, or after so long. Raises when the database is gone."""
        try:
            await asyncio.wait_for(self._rang.wait(), seconds)
        except TimeoutError:
            await self._listener.execute("select 1")  # a listener whose connection died would never be woken
        self._rang.clear()


@asynccontextmanager
async def connect(settings: DatabaseSettings) -> AsyncIterator[Database]:
    """Opens no connection yet: a service starts whether or not Postgres is there."""
    url, connect_args = connection_arguments(settings)
    engine = create_async_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=_CHECKOUT_SECONDS,
        connect_args=connect_args,
    )
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


def connection_arguments(settings: DatabaseSettings) -> tuple[URL, dict[str, Any]]:
    """Translate a libpq URL for asyncpg, which knows neither `sslmode` nor `channel_binding`.

    Unknown parameters are refused: one that is silently dropped may have been the one that asked for safety.
    """
    url = make_url(settings.url.get_secret_value()).set(drivername="postgresql+asyncpg")
    parameters = dict(url.query)
    arguments: dict[str, Any] = {"timeout": _CONNECT_SECONDS, "command_timeout": _ANSWER_SECONDS}
    mode, binding = parameters.pop("sslmode", None), parameters.pop("channel_binding", None)
    if parameters:
        raise ValueError(f"The database URL has parameters that are not understood: {', '.join(sorted(parameters))}")
    if binding == "require" or mode in {"verify-ca", "verify-full"}:
        # asyncpg cannot bind the channel; a verified certificate protects from the same attacker.
        arguments["ssl"] = ssl.create_default_context()
    elif mode is not None:
        arguments["ssl"] = str(mode)
    if settings.transaction_pooler:
        arguments |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
    return url.set(query={}), arguments


# SQLSTATEs that say "not now" rather than "never": connection exceptions (08), shutting down or starting up
# (57P01-03), too many connections (53300), two transactions that waited for each other (40P01), and the time limits of
# the role for a lock (55P03) or a statement (57014).
_NOT_NOW = ("08", "57P01", "57P02", "57P03", "53300", "40P01", "55P03", "57014")


def is_unavailable(error: BaseException) -> bool:
    """Whether an error means that Postgres is away or too busy, in any of the shapes that takes.

    None of a dying server's is SQLAlchemy's OperationalError: they are an invalidated connection, "connection is
    closed", a server that is starting up, a refused or timed-out socket, and asyncpg's own error at COMMIT.
    """
    if isinstance(error, PoolTimeoutError | asyncpg.InternalClientError | OSError | TimeoutError):
        return True
    if isinstance(error, InterfaceError):
        return "closed" in str(error)
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_NOT_NOW)
    return isinstance(error, asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError)


def as_problem(error: Exception) -> Problem | None:
    """What a client is told when a request met this error; None when it is not Postgres's absence."""
    return ServiceUnavailable("The database cannot answer right now", retry_after=1) if is_unavailable(error) else None
