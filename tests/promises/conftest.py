"""What Daybook promises, kept while processes are killed and engines fail: real processes, quick forms."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
from tests.support.engines import service_databases
from tests.support.people import Person
from tests.support.system import System, running


@pytest.fixture(scope="session")
async def system(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, rabbitmq_url: str, redis_url: str
) -> AsyncIterator[System]:
    """On a database of its own: what lies in another one is sealed with keys that these processes do not have."""
    folder = tmp_path_factory.mktemp("system")
    with service_databases(postgres_admin_url) as databases:
        async with running(folder, databases=databases, broker_url=rabbitmq_url, redis_url=redis_url) as system:
            yield system


@dataclass(frozen=True)
class Doors:
    """Where a token may be shown: todos itself, and the gateway in front of it."""

    todos: httpx.AsyncClient
    gateway: httpx.AsyncClient


@pytest.fixture(scope="session")
async def doors(system: System) -> AsyncIterator[Doors]:
    async with (
        httpx.AsyncClient(base_url=system.url("todos-api"), timeout=60) as todos,
        httpx.AsyncClient(base_url=system.url("gateway"), timeout=60) as gateway,
    ):
        yield Doors(todos, gateway)


@pytest.fixture
async def newcomers(system: System) -> AsyncIterator[Callable[[], Awaitable[Person]]]:
    """Each time it is called: somebody else who has just registered, with a browser of their own."""
    async with AsyncExitStack() as browsers:

        async def newcomer() -> Person:
            browser = httpx.AsyncClient(
                base_url=system.url("gateway"), headers={"Origin": system.wiring.app_url}, timeout=60
            )
            person = Person(await browsers.enter_async_context(browser), system.wiring.cookie_name)
            await person.register()
            return person

        yield newcomer


@pytest.fixture
async def ada(newcomers: Callable[[], Awaitable[Person]]) -> Person:
    return await newcomers()
