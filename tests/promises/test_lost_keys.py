"""P8: a signing key that somebody else may have opens nothing any more, and the next one opens everything."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import httpx
import jwt
import orjson
import pytest
from pydantic import SecretStr
from tests.promises.conftest import Doors
from tests.promises.test_sign_out import Refused, figures, refused_after, show
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured
from tests.support.system import System

from auth_service import vault
from auth_service.keys import repository, rotation
from chassis.encryption import KeyRing
from chassis.settings import DatabaseSettings

pytestmark = pytest.mark.promise("P8")

_GIVE_UP_SECONDS = 30.0


async def revoke_key(system: System) -> None:
    """The key that signs, as `auth keys revoke` does it."""
    ring = KeyRing.from_file(system.wiring.key_files["auth"])
    async with vault.connect(DatabaseSettings(url=SecretStr(system.wiring.databases["auth"])), ring) as db:
        async with db.reads() as reads:
            active, *_ = await repository.list_keys(reads)
        async with db.transaction() as tx:
            await rotation.revoke(tx, active.kid, at=datetime.now(UTC))
        await rotation.make_missing(db, ring, "RS256", at=datetime.now(UTC))


async def lose_key_and_watch(system: System, doors: Doors, ada: Person) -> list[Refused]:
    """How long each verifier went on taking a token of the key that is revoked. Then everybody knows the next one."""
    session = await ada.sign_in()
    for door in (doors.todos, doors.gateway):
        assert (await show(door, session)).status_code == 200
    watching = [asyncio.create_task(refused_after(door, session)) for door in (doors.todos, doors.gateway)]
    began = time.perf_counter()
    await revoke_key(system)
    took = time.perf_counter() - began
    refused = [await each for each in watching]
    for door in (doors.todos, doors.gateway):
        await accepted_after(door, await ada.sign_in())
    return [replace(each, seconds=max(0.0, each.seconds - took)) for each in refused]


async def accepted_after(door: httpx.AsyncClient, session: SignedIn) -> Refused:
    """How long a new token was refused, and the longest that any request took meanwhile."""
    started, longest = time.perf_counter(), 0.0
    async with asyncio.timeout(_GIVE_UP_SECONDS):
        while True:
            asked = time.perf_counter()
            answer = await show(door, session)
            answered = time.perf_counter()
            longest = max(longest, answered - asked)
            if answer.status_code == httpx.codes.OK:
                return Refused(answered - started, longest)
            assert answer.status_code == httpx.codes.UNAUTHORIZED, answer.text


@asynccontextmanager
async def strangers(doors: Doors, session: SignedIn) -> AsyncIterator[None]:
    """Somebody who shows tokens whose keys they have made up, at both doors, all the time."""
    _, *rest = session.access_token.split(".")

    async def ask() -> None:
        for number in count():
            header = orjson.dumps({"typ": "at+jwt", "alg": "RS256", "kid": f"invented-{number}"})
            token = ".".join((jwt.utils.base64url_encode(header).decode(), *rest))
            for door in (doors.todos, doors.gateway):
                assert (await show(door, replace(session, access_token=token))).status_code == httpx.codes.UNAUTHORIZED
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        asking = group.create_task(ask())
        yield
        asking.cancel()


class TestLosingAKey:
    @pytest.mark.timeout(900)
    async def test_closes_every_door_to_what_it_has_signed(self, system: System, doors: Doors, ada: Person) -> None:
        refused = await lose_key_and_watch(system, doors, ada)

        assert max(each.late for each in refused) < 1

    @pytest.mark.timeout(900)
    async def test_does_so_without_the_bus(self, system: System, doors: Doors, ada: Person) -> None:
        await system.bus.refuse()
        try:
            refused = await lose_key_and_watch(system, doors, ada)
        finally:
            await system.bus.start()

        assert max(each.late for each in refused) < 2

    @pytest.mark.timeout(900)
    async def test_twice_in_a_row_keeps_nobody_out_for_long(
        self, system: System, doors: Doors, ada: Person, measured: Measured
    ) -> None:
        """Although the second successor is made only when the first key has gone, and strangers use up what fetches
        there are for keys that nobody knows.
        """
        session, kept_out = await ada.sign_in(), []
        async with strangers(doors, session):
            for _ in range(2):
                await revoke_key(system)
                refreshed = await ada.refresh(session)
                assert refreshed.status_code == httpx.codes.OK
                session = ada.holding(refreshed)
                kept_out += await asyncio.gather(
                    *(accepted_after(door, session) for door in (doors.todos, doors.gateway))
                )

        measured |= figures(kept_out)
        assert max(each.late for each in kept_out) < 1
