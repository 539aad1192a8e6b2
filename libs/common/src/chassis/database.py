"""The way to a transaction, and the one answer to "is Postgres away?".

Statements are SQLAlchemy Core on connections. Declarative classes describe tables; they are never loaded as objects.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import URL, ColumnElement, DateTime, MetaData, Uuid, make_url, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chassis import statements
from chassis.patience import within
from chassis.problems import GatewayTimeout, Problem, ServiceUnavailable
from chassis.settings import DatabaseSettings

_NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
COLUMN_TYPES: dict[Any, Any] = {datetime: DateTime(timezone=True), UUID: Uuid()}

# For work that nobody waits for. The role's statement_timeout is shorter.
PATIENT_SECONDS = 5.0
# By the clock on the wall, should nothing else have noticed.
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 10


def metadata() -> MetaData:
    """A new collection of tables whose constraints have predictable names."""
    return MetaData(naming_convention=_NAMES)


class Database:
    """Hands out connections. What happens inside a transaction happens together, or not at all."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._seconds = statements.seconds_of(engine)
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Commits when the block ends, rolls back when it raises.

        Raises `CommitUnknownError` when the commit was not answered.
        """
        return self._opened(self.engine.begin(), commits=True)

    def reads(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """For single statements: spares the BEGIN and COMMIT round trips."""
        return self._opened(self._autocommit.connect())

    @asynccontextmanager
    async def _opened(
        self, opening: AbstractAsyncContextManager[AsyncConnection], *, commits: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        is_committing = False
        try:
            async with AsyncExitStack() as stack:
                # A commit, too, is an answer that may not come. What is left last is entered first.
                ending = stack.enter_context(ExitStack())
                async with within(self._seconds):
                    connection = await stack.enter_async_context(opening)
                raw: Any = (await connection.get_raw_connection()).driver_connection
                stack.callback(lambda: ending.enter_context(statements.waiting(raw, self._seconds)))
                yield connection
                # Over a connection that is known to be gone nothing is sent.
                is_committing = commits and not raw.is_closed()
        except Exception as error:
            if is_committing and _leaves_open(error):
                raise CommitUnknownError from error
            raise

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
async def connect(settings: DatabaseSettings, *, seconds: float = statements.SECONDS) -> AsyncIterator[Database]:
    """Opens no connection yet: a service starts whether or not Postgres is there.

    `seconds` is how long the server is waited for: for a connection, and for each answer.
    """
    url, connect_args = connection_arguments(settings)
    engine = create_async_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=_ANSWER_SECONDS,
        connect_args=connect_args,
        execution_options=statements.options(seconds),
        # Errors are logged, and values are addresses, titles and hashes.
        hide_parameters=True,
    )
    statements.watch(engine)
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


class CommitUnknownError(Exception):
    """Postgres was told to commit, and did not say whether it has."""


# SQLSTATEs that say "not now" rather than "never": connection exceptions (08), shutting down or starting up
# (57P01-03), too many connections (53300), a transaction that came in another one's way (40001) or that waited for one
# which waited for it (40P01), and the time limits of the role for a lock (55P03) or a statement (57014).
_NOT_NOW = ("08", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "55P03", "57014")


def is_unavailable(error: BaseException) -> bool:
    """Whether an error means that Postgres is away or too busy, in any of the shapes that takes.

    None of a dying server's is SQLAlchemy's OperationalError: they are an invalidated connection, "connection is
    closed", a server that is starting up, a refused or timed-out socket, and asyncpg's own error at COMMIT.
    """
    if isinstance(error, PoolTimeoutError | asyncpg.InternalClientError | OSError | TimeoutError | CommitUnknownError):
        return True
    if isinstance(error, InterfaceError):
        return _is_closed(error.orig)
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_NOT_NOW)
    return isinstance(error, asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError)


def _is_closed(error: BaseException | None) -> bool:
    """By what the driver itself says. A value that it cannot send is an InterfaceError of its, too, and is quoted."""
    driver = error.__cause__ if error is not None and error.__cause__ is not None else error
    return "closed" in str(driver) and not isinstance(driver, asyncpg.DataError)


# What a connection ends with. Any other error is an answer to the COMMIT: no.
_LAST_WORDS = ("08", "57P")


def _leaves_open(error: Exception) -> bool:
    """Whether nobody can tell after this error at a COMMIT what became of the transaction."""
    state = (getattr(error.orig, "sqlstate", None) or "") if isinstance(error, DBAPIError) else ""
    return is_unavailable(error) and (not state or state.startswith(_LAST_WORDS))


# The database has rolled back, for the sake of another transaction: a serialization failure, and a deadlock.
_UNDONE = frozenset({"40001", "40P01"})


def was_undone(error: BaseException) -> bool:
    """Whether Postgres itself undid the transaction, so that running it again is as if it had come later."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _UNDONE


class PoolTooLargeError(Exception):
    """This process may open more connections than the server lets its role have."""


async def require_room(database: Database, settings: DatabaseSettings) -> None:
    """Find out at the start what otherwise the busiest hour would show."""
    most = settings.pool_size + settings.max_overflow
    async with database.reads() as reads:
        room = await reads.scalar(_ROOM)
    if room is not None and most > room:
        raise PoolTooLargeError(f"{most} connections may be opened and the server has room for {room}")


# What is left of max_connections when the superuser's are set aside, or the limit of the role if that is lower.
_ROOM = text("""
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
        CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit END)
    FROM pg_roles WHERE rolname = current_user
""")


def as_problem(error: Exception) -> Problem | None:
    """What a client is told when a request met this error; None when it is not Postgres's absence."""
    if isinstance(error, CommitUnknownError):
        # A 503 would say that nothing has happened, and be sent again.
        return GatewayTimeout("The database did not say whether it has kept the change")
    return ServiceUnavailable("The database cannot answer right now", retry_after=1) if is_unavailable(error) else None
