import asyncio
import ssl

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from chassis import database
from chassis.database import as_problem, connection_arguments, is_unavailable
from chassis.problems import ServiceUnavailable
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

    def test_becomes_503_with_a_time_to_come_back(self) -> None:
        problem = as_problem(ConnectionRefusedError())

        assert isinstance(problem, ServiceUnavailable)
        assert problem.headers["Retry-After"] == "1"
