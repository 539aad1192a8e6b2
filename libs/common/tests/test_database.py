import asyncio
import ssl
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.support.faults import FaultProxy
from tests.support.stopwatch import stopwatch

from chassis import database
from chassis.database import CommitUnknownError, Database, as_problem, connection_arguments, is_unavailable
from chassis.problems import GatewayTimeout, ServiceUnavailable
from chassis.settings import DatabaseSettings


def arguments(url: str, *, transaction_pooler: bool = False) -> tuple[str, dict[str, object]]:
    parsed, connect_args = connection_arguments(
        DatabaseSettings(url=SecretStr(url), transaction_pooler=transaction_pooler)
    )
    return parsed.render_as_string(hide_password=False), connect_args


class TestConnectionArguments:
    def test_speaks_asyncpg_whatever_the_url_says(self) -> None:
        url, _ = arguments("postgresql://a:b@host/db")

        assert url == "postgresql+asyncpg://a:b@host/db"

    def test_takes_a_managed_postgres_url_as_it_is_pasted(self) -> None:
        url, connect_args = arguments("postgresql://a:b@host/db?sslmode=require&channel_binding=require")

        assert url == "postgresql+asyncpg://a:b@host/db"
        context = connect_args["ssl"]
        assert isinstance(context, ssl.SSLContext)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname

    def test_encrypts_without_verifying_only_when_asked_to(self) -> None:
        assert arguments("postgresql://a:b@host/db?sslmode=require")[1]["ssl"] == "require"
        assert "ssl" not in arguments("postgresql://a:b@host/db")[1]

    def test_refuses_a_parameter_it_does_not_understand(self) -> None:
        with pytest.raises(ValueError, match="sslrootcert"):
            arguments("postgresql://a:b@host/db?sslrootcert=/ca.pem")

    def test_prepares_no_statements_behind_a_transaction_pooler(self) -> None:
        _, connect_args = arguments("postgresql://a:b@host/db", transaction_pooler=True)

        assert connect_args["statement_cache_size"] == 0
        assert connect_args["prepared_statement_cache_size"] == 0


class TestTransaction:
    async def test_undoes_everything_when_the_block_raises(self, tables: database.Database) -> None:
        with pytest.raises(RuntimeError):
            async with tables.transaction() as tx:
                await tx.execute(text("create table lost (id int)"))
                raise RuntimeError

        async with tables.reads() as tx:
            assert await tx.scalar(text("select to_regclass('lost')")) is None

    async def test_knows_what_became_of_a_commit_that_was_refused(self, tables: Database) -> None:
        """And of two that came in each other's way: the one that was undone may run again."""
        serializable = text("set transaction isolation level serializable")
        async with tables.transaction() as tx:
            await tx.execute(
                text("create table doctors (on_call bool, name text unique deferrable initially deferred)")
            )
        with pytest.raises(IntegrityError):
            async with tables.transaction() as tx:
                await tx.execute(text("insert into doctors values (true, 'Ada'), (true, 'Ada')"))

        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as late:
                await late.execute(serializable)
                await late.execute(text("select from doctors"))
                async with tables.transaction() as early:
                    await early.execute(serializable)
                    await early.execute(text("select from doctors"))
                    await early.execute(text("insert into doctors values (true, 'Ada')"))
                    await late.execute(text("insert into doctors values (true, 'Bob')"))

        assert database.was_undone(caught.value)

    async def test_knows_that_nothing_was_committed_over_a_connection_that_is_gone(self, tables: Database) -> None:
        with pytest.raises(Exception) as caught:  # noqa: PT011 (as asyncpg or SQLAlchemy says it)
            async with tables.transaction() as tx:
                await tx.execute(text("select 1"))
                connection: Any = (await tx.get_raw_connection()).driver_connection
                connection.terminate()

        assert isinstance(as_problem(caught.value), ServiceUnavailable)


class TestIsUnavailable:
    """The shapes in which a Postgres that goes away reaches us, each made by a real server or a real socket."""

    async def test_a_refused_connection(self) -> None:
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        settings = DatabaseSettings(url=SecretStr(f"postgresql://a:b@127.0.0.1:{port}/db"))

        async with database.connect(settings) as away:
            with pytest.raises(OSError) as caught:  # noqa: PT011 (which one depends on the platform)
                await away.ping()

        assert is_unavailable(caught.value)

    async def test_a_server_that_hangs_up_and_one_that_never_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "_CONNECT_SECONDS", 0.2)
        held: list[asyncio.StreamWriter] = []
        silent = await asyncio.start_server(lambda _r, w: held.append(w), "127.0.0.1", 0)
        rude = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
        for server in (silent, rude):
            port = server.sockets[0].getsockname()[1]
            settings = DatabaseSettings(url=SecretStr(f"postgresql://a:b@127.0.0.1:{port}/db?sslmode=disable"))
            async with database.connect(settings) as away:
                with pytest.raises(Exception) as caught:  # noqa: PT011 (the shape is what is tested below)
                    await away.ping()
            assert is_unavailable(caught.value), repr(caught.value)
            server.close()
        for writer in held:
            writer.close()

    async def test_a_connection_that_is_cut_between_and_within_statements(self, tables: database.Database) -> None:
        kill = text("select pg_terminate_backend(:pid)")
        pid = text("select pg_backend_pid()")
        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as tx, tables.transaction() as killer:
                await killer.execute(kill, {"pid": await tx.scalar(pid)})
                await tx.execute(pid)
        assert is_unavailable(caught.value), repr(caught.value)

        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as tx:
                await tx.execute(kill, {"pid": await tx.scalar(pid)})
        assert is_unavailable(caught.value), repr(caught.value)

    async def test_a_connection_that_is_cut_before_the_commit(self, tables: database.Database) -> None:
        with pytest.raises(Exception) as caught:  # noqa: PT011 (asyncpg's own error, or SQLAlchemy's)
            async with tables.transaction() as tx:
                own = await tx.scalar(text("select pg_backend_pid()"))
                async with tables.transaction() as killer:
                    await killer.execute(text("select pg_terminate_backend(:pid)"), {"pid": own})

        assert is_unavailable(caught.value), repr(caught.value)

    def test_a_server_that_is_starting_up(self) -> None:
        assert is_unavailable(DBAPIError("select 1", None, asyncpg.CannotConnectNowError("starting up")))
        assert is_unavailable(asyncpg.CannotConnectNowError("starting up"))

    async def test_a_lock_that_is_not_to_be_had_in_time(self, tables: database.Database) -> None:
        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as holder, tables.transaction() as waiting:
                await holder.execute(text("lock table outbox"))
                await waiting.execute(text("set local lock_timeout = '10ms'"))
                await waiting.execute(text("lock table outbox"))

        assert is_unavailable(caught.value), repr(caught.value)

    async def test_a_statement_that_takes_too_long(self, tables: database.Database) -> None:
        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as tx:
                await tx.execute(text("set local statement_timeout = '10ms'"))
                await tx.execute(text("select pg_sleep(5)"))

        assert is_unavailable(caught.value), repr(caught.value)

    def test_not_what_our_own_statements_did_wrong(self) -> None:
        assert not is_unavailable(IntegrityError("insert", None, asyncpg.UniqueViolationError("taken")))
        assert not is_unavailable(ValueError("wrong"))
        assert as_problem(ValueError("wrong")) is None

    @pytest.mark.parametrize("state", ["40001", "40P01"])
    def test_a_transaction_that_was_undone_for_the_sake_of_another(self, state: str) -> None:
        """Where nothing runs it again, or three times were not enough."""
        original = asyncpg.PostgresError.new({"C": state, "M": "as the driver says it"})

        assert is_unavailable(DBAPIError("select 1", None, original))

    def test_becomes_503_with_a_time_to_come_back(self) -> None:
        problem = as_problem(ConnectionRefusedError())

        assert isinstance(problem, ServiceUnavailable)
        assert problem.headers["Retry-After"] == "1"


class TestWasUndone:
    @pytest.mark.parametrize("state, undone", [("40001", True), ("40P01", True), ("23505", False), ("57P01", False)])
    def test_tells_what_postgres_rolled_back_for_another_transaction(self, state: str, undone: bool) -> None:
        original = asyncpg.PostgresError.new({"C": state, "M": "as the driver says it"})

        assert database.was_undone(DBAPIError("select 1", None, original)) is undone

    def test_says_nothing_of_other_failures(self) -> None:
        assert not database.was_undone(ConnectionRefusedError())


class TestRequireRoom:
    async def test_is_content_with_a_pool_that_fits(self, tables: database.Database) -> None:
        await database.require_room(tables, DatabaseSettings(url=SecretStr("postgresql://nowhere/x")))

    async def test_refuses_a_pool_that_could_never_be_filled(self, tables: database.Database) -> None:
        settings = DatabaseSettings(url=SecretStr("postgresql://nowhere/x"), pool_size=5, max_overflow=100_000)

        with pytest.raises(database.PoolTooLargeError, match="100005"):
            await database.require_room(tables, settings)


@pytest.mark.promise("P13")
class TestSilence:
    """A server that has been stopped accepts connections and says nothing, for as long as it pleases."""

    @staticmethod
    async def seconds_until_unavailable(work: Callable[[], Awaitable[object]]) -> float:
        async with stopwatch() as watch:
            with pytest.raises(Exception) as caught:  # noqa: PT011 (the shape is what is looked at)
                await work()
        assert is_unavailable(caught.value), repr(caught.value)
        return watch.seconds

    async def test_is_noticed_by_whoever_has_a_connection_and_by_whoever_needs_one(
        self, beyond: Database, road: FaultProxy
    ) -> None:
        await beyond.ping()
        road.silence()

        async def write() -> None:
            async with beyond.transaction() as tx:
                await tx.execute(text("select 1"))

        assert await self.seconds_until_unavailable(write) < 2
        # The connection is gone, and a new one is not to be had either.
        assert await self.seconds_until_unavailable(beyond.ping) < 2

        road.speak()
        await write()

    async def test_is_noticed_at_the_commit_and_within_a_transaction(self, beyond: Database, road: FaultProxy) -> None:
        async def commit() -> None:
            async with beyond.transaction() as tx:
                await tx.execute(text("select 1"))
                road.silence()

        assert await self.seconds_until_unavailable(commit) < 2

    async def test_leaves_open_what_became_of_a_commit_and_of_nothing_else(
        self, beyond: Database, road: FaultProxy
    ) -> None:
        async def write(*, then: Callable[[], None], before: Callable[[], None] = lambda: None) -> None:
            async with beyond.transaction() as tx:
                await tx.execute(text("select 1"))
                before()
                await tx.execute(text("select 2"))
                then()

        for fault in (road.silence, road.cut):
            with pytest.raises(CommitUnknownError) as unknown:
                await write(then=fault)
            assert isinstance(as_problem(unknown.value), GatewayTimeout)
            road.speak()
            with pytest.raises(Exception) as undone:  # noqa: PT011 (as asyncpg or SQLAlchemy says it)
                await write(before=fault, then=lambda: None)
            assert isinstance(as_problem(undone.value), ServiceUnavailable)
            road.speak()

    async def test_of_one_statement_leaves_the_other_connections_alone(
        self, database_settings: DatabaseSettings
    ) -> None:
        pid = text("select pg_backend_pid()")
        async with database.connect(database_settings) as impatient:

            async def sleep() -> None:
                async with impatient.transaction() as slow:
                    await slow.execute(text("select pg_sleep(60)"))

            async with impatient.reads() as other, impatient.reads() as third:
                before = {await other.scalar(pid), await third.scalar(pid)}
                await self.seconds_until_unavailable(sleep)
            async with impatient.reads() as one, impatient.reads() as other, impatient.reads() as third:
                assert before < {await each.scalar(pid) for each in (one, other, third)}

    async def test_is_waited_for_longer_where_nobody_waits(self, database_settings: DatabaseSettings) -> None:
        async with database.connect(database_settings, seconds=30) as patient, patient.reads() as reads:
            await reads.execute(text("select pg_sleep(2)"))


class TestErrors:
    """They are logged, with their causes."""

    SECRET = "ada@daybook.test"

    @classmethod
    def said_of(cls, error: BaseException) -> str:
        return "".join(traceback.format_exception(error))

    async def test_quote_no_value_that_was_sent(self, tables: Database) -> None:
        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as tx:
                await tx.execute(text("select :address || no_such_column"), {"address": self.SECRET})

        assert self.SECRET not in self.said_of(caught.value)
        assert "no_such_column" in self.said_of(caught.value)

    async def test_quote_no_value_that_the_server_refused(self, tables: Database) -> None:
        add = text("insert into people values (:address)")
        with pytest.raises(IntegrityError) as caught:
            async with tables.transaction() as tx:
                await tx.execute(text("create table people (address text unique)"))
                await tx.execute(add, {"address": self.SECRET})
                await tx.execute(add, {"address": self.SECRET})

        assert self.SECRET not in self.said_of(caught.value)
        assert "people_address_key" in self.said_of(caught.value)

    async def test_quote_no_value_that_cannot_be_sent_and_are_not_taken_for_absence(self, tables: Database) -> None:
        with pytest.raises(DBAPIError) as caught:
            async with tables.transaction() as tx:
                await tx.execute(text("select cast(:number as int)"), {"number": f"{self.SECRET} is closed"})

        assert self.SECRET not in self.said_of(caught.value)
        assert "invalid input for query argument $1" in self.said_of(caught.value)
        assert not is_unavailable(caught.value)
