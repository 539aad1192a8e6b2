"""A real cluster, made, used, stopped and started again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import pytest

from daybook.checkout import Checkout
from daybook.engines import postgres
from daybook.engines.binaries import Binary
from daybook.engines.postgres import Cluster
from daybook.failures import Failure
from daybook.ports import Ports
from daybook.supervision.processes import Supervisor
from daybook.supervision.state import State


@pytest.fixture(scope="module")
def binary(checkout: Checkout) -> Binary:
    found = postgres.ENGINE.find(checkout.packages)
    assert found, "make up fetches it"
    return found


@asynccontextmanager
async def running(binary: Binary, state: State) -> AsyncIterator[str]:
    with closing(Ports()) as ports:
        cluster = Cluster(binary, state, ports.pick("postgres", 27432), ephemeral=True)
        async with Supervisor(state) as supervisor:
            await cluster.make(supervisor)
            await supervisor.start_and_wait(cluster.program())
            yield cluster.url("postgres")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    state = State(tmp_path_factory.mktemp("cluster"))
    state.prepare(ephemeral=False)
    return state


class TestCluster:
    async def test_keeps_what_was_stored(self, binary: Binary, state: State) -> None:
        async with running(binary, state) as url:
            connection = await asyncpg.connect(url)
            await connection.execute("CREATE TABLE kept AS SELECT 'ä' AS word")
            await connection.close()

        async with running(binary, state) as url:
            connection = await asyncpg.connect(url)
            assert await connection.fetchval("SELECT word FROM kept") == "ä"

            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(url, password="wrong")
            addresses = await connection.fetchval("SHOW listen_addresses")
            await connection.close()
        assert addresses == "127.0.0.1"

    async def test_starts_over_after_a_first_start_that_was_cut_off(self, binary: Binary, tmp_path: Path) -> None:
        state = State(tmp_path)
        state.prepare(ephemeral=False)
        (state.data("postgres.unfinished")).mkdir()
        (state.data("postgres.unfinished") / "PG_VERSION").write_text("15")

        async with running(binary, state) as url:
            await (await asyncpg.connect(url)).close()

    async def test_refuses_data_of_another_version_in_a_sentence(self, binary: Binary, tmp_path: Path) -> None:
        state = State(tmp_path)
        state.prepare(ephemeral=False)
        state.data("postgres").mkdir()
        (state.data("postgres") / "PG_VERSION").write_text("9.6\n")

        with pytest.raises(Failure, match=r"was made by PostgreSQL 9.6, and here is \d+: install"):
            async with running(binary, state):
                raise AssertionError
