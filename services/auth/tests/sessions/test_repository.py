import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from services.auth.tests.support import Person
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from tests.support.promises import Measured, size

from auth_service.sessions import repository
from auth_service.sessions.clients import Client
from auth_service.sessions.models import SessionRow
from auth_service.sessions.tokens import RefreshToken
from auth_service.settings import Settings
from chassis.database import Database, connection_arguments

FAMILIES, CALLERS = size(quick=20, full=1000), 50
BROWSER = Client(device="Firefox on Linux", address="192.0.2.1")

# Presents a token, and returns the generation of the successor it is given, if it is given one.
Present = Callable[[AsyncConnection, RefreshToken], Awaitable[int | None]]


@pytest.fixture
async def wide(settings: Settings) -> AsyncIterator[Database]:
    """Enough connections for a real crowd, and patience: what is asked is who wins, not how fast."""
    url, arguments = connection_arguments(settings.database)
    arguments |= {
        "timeout": 30,
        "command_timeout": 60,
        "server_settings": {"lock_timeout": "0", "statement_timeout": "0"},
    }
    engine = create_async_engine(url, pool_size=20, max_overflow=0, pool_timeout=60, connect_args=arguments)
    yield Database(engine)
    await engine.dispose()


async def start(database: Database, user_id: UUID) -> RefreshToken:
    token = RefreshToken.first()
    async with database.transaction() as tx:
        await repository.add(tx, token, user_id=user_id, client=BROWSER)
    return token


async def successors(database: Database, token: RefreshToken, present: Present) -> list[int | None]:
    """What each of a crowd gets that presents one token at once."""

    async def once() -> int | None:
        async with database.transaction() as tx:
            return await present(tx, token)

    return await asyncio.gather(*(once() for _ in range(CALLERS)))


async def swap(tx: AsyncConnection, token: RefreshToken) -> int | None:
    found = await repository.rotate(tx, token, address=None) or await repository.find_just_rotated(tx, token)
    return token.successor.generation if found else None


async def look_then_write(tx: AsyncConnection, token: RefreshToken) -> int | None:
    """How it must not be done: between the look and the write, others look too."""
    mine = SessionRow.id == token.session_id
    generation: int | None = await tx.scalar(select(SessionRow.generation).where(mine))
    if generation != token.generation:
        return token.successor.generation
    written = update(SessionRow).where(mine).values(generation=SessionRow.generation + 1)
    given: int | None = await tx.scalar(written.returning(SessionRow.generation))
    return given


class TestRotate:
    @pytest.mark.promise("P9")
    async def test_gives_a_crowd_that_presents_one_token_one_successor(
        self, wide: Database, person: Person, measured: Measured
    ) -> None:
        for _ in range(FAMILIES):
            token = await start(wide, person.id)
            assert set(await successors(wide, token, swap)) == {2}
            async with wide.reads() as reads:
                stored = await reads.scalar(select(SessionRow.generation).where(SessionRow.id == token.session_id))
            assert stored == 2
        measured |= {"families": FAMILIES, "callers": CALLERS, "forks": 0}

    @pytest.mark.promise("P9")
    async def test_would_fork_if_it_looked_before_it_wrote(self, wide: Database, person: Person) -> None:
        """The control: the crowd is one that catches this mistake."""
        for _ in range(FAMILIES):
            if len(set(await successors(wide, await start(wide, person.id), look_then_write))) > 1:
                return
        pytest.fail("nobody noticed")

    async def test_refuses_a_token_with_another_secret(self, database: Database, person: Person) -> None:
        token = await start(database, person.id)
        forged = RefreshToken(token.session_id, token.generation, bytes(len(token.secret)))
        async with database.transaction() as tx:
            assert await repository.rotate(tx, forged, address=None) is None
            assert await repository.end(tx, forged, reason="signed_out") is None

    async def test_goes_on_from_a_token_newer_than_a_restored_table(self, database: Database, person: Person) -> None:
        token = await start(database, person.id)
        newer = RefreshToken(token.session_id, 9, token.secret)
        async with database.transaction() as tx:
            assert await repository.rotate(tx, newer, address=None) is not None
            assert await repository.rotate(tx, newer, address=None) is None
            assert await repository.find_just_rotated(tx, newer) is not None
