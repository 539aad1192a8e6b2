"""P10: a token that auth has not signed for this opens nothing, at any door."""

import asyncio
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured, size
from tests.support.servers import Service, serving
from tests.support.signing import auth_itself
from tests.support.system import System
from tests.support.tokens import FORGERIES, Forgery, Issuer, mutated, new_key

from chassis.settings import TokenSettings

pytestmark = pytest.mark.promise("P10")

# Each is shown at every door.
MUTATIONS, AT_ONCE = size(quick=100, full=34_000), 20
FLOOD = size(quick=200, full=10_000)
# How often a process asks for a key that it does not know: see `chassis.key_sets`.
ASKS_EVERY_SECONDS = 30


@pytest.fixture
async def session(ada: Person) -> SignedIn:
    return await ada.sign_in()


@pytest.fixture
async def issuer(system: System, session: SignedIn) -> Issuer:
    return await auth_itself(system, session)


class Door(NamedTuple):
    """Where a process asks for a token."""

    process: httpx.AsyncClient
    path: str


Verifiers = Mapping[str, Door]


@pytest.fixture
async def verifiers(doors: Doors) -> Verifiers:
    """Every process that verifies."""
    return {
        "todos": Door(doors.todos, "/todos"),
        "gateway": Door(doors.gateway, "/todos"),
        "auth": Door(doors.gateway, "/auth/me"),
    }


async def shown(door: Door, token: str) -> int:
    answer = await door.process.get(door.path, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


class TestForgeries:
    async def test_are_made_by_somebody_who_could_sign(
        self, issuer: Issuer, verifiers: Verifiers, session: SignedIn
    ) -> None:
        """The control: with nothing wrong about it, a token made in the same way is taken."""
        for name, door in verifiers.items():
            assert await shown(door, issuer.sign(session.user_id)) == 200, name

    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_are_refused_everywhere(
        self, issuer: Issuer, verifiers: Verifiers, forge: Forgery, session: SignedIn
    ) -> None:
        for name, door in verifiers.items():
            assert await shown(door, forge(issuer, session.user_id)) == 401, name


class TestMutations:
    async def test_are_refused_everywhere(self, verifiers: Verifiers, ada: Person, measured: Measured) -> None:
        dice = random.Random(10)  # noqa: S311 (dice)
        answers: Counter[int] = Counter()
        for _ in range(0, MUTATIONS, AT_ONCE):
            # Of a token that is good until the end: an expired one would be refused for that.
            good = (await ada.bearer())["Authorization"].removeprefix("Bearer ")
            tokens = [mutated(good, dice) for _ in range(AT_ONCE)]
            for door in verifiers.values():
                answers.update(await asyncio.gather(*(shown(door, token) for token in tokens)))

        measured |= {"doors": len(verifiers), "answers": dict(answers)}
        assert set(answers) == {401}
        assert [await shown(door, good) for door in verifiers.values()] == [200] * len(verifiers)


class TestFlood:
    async def test_of_keys_that_nobody_has_costs_auth_next_to_nothing(
        self, *, system: System, verifiers: Verifiers, issuer: Issuer, session: SignedIn, measured: Measured
    ) -> None:
        """Auth needs to ask nobody; each of the others asks it once in half a minute, whatever it is shown."""

        def asked() -> int:
            return system.log("auth-api").count('"route":"/.well-known/jwks.json"')

        others = [verifiers["todos"], verifiers["gateway"]]
        before, begun = asked(), time.monotonic()
        for _ in range(0, FLOOD, AT_ONCE):
            tokens = [replace(issuer, kid=secrets.token_hex(8)).sign(session.user_id) for _ in range(AT_ONCE)]
            for door in others:
                assert set(await asyncio.gather(*(shown(door, token) for token in tokens))) == {401}
        allowed = len(others) * (1 + int((time.monotonic() - begun) / ASKS_EVERY_SECONDS))

        measured |= {"tokens": FLOOD * len(others), "asked": asked() - before, "allowed": allowed}
        # The control: there is something to count, because each asks when it starts.
        assert before >= len(others)
        assert asked() - before <= allowed


class TestOtherIssuers:
    """Somebody else whose tokens todos is told to take: see `TODOS_TOKENS__TRUSTED`."""

    async def test_open_todos_where_they_are_on_the_list_and_nothing_else(
        self, system: System, doors: Doors, session: SignedIn
    ) -> None:
        stranger = Issuer(
            new_key(), "their-key", TokenSettings(issuer="https://id.example", jwks_url="https://id.example/jwks")
        )
        async with serving(Service(jwks={"keys": [stranger.public_jwk]})) as port:
            jwks_url = f"http://127.0.0.1:{port}/jwks.json"
            trusted = [{"issuer": stranger.settings.issuer, "audience": "daybook", "jwks_url": jwks_url}]
            variables = {"TODOS_TOKENS__TRUSTED": json.dumps(trusted)}
            async with system.another("todos-api", **variables) as told, httpx.AsyncClient(base_url=told.url) as client:
                trusting = Door(client, "/todos")
                # Theirs of the same name as one of our people: it is another person.
                token = stranger.sign(session.user_id)
                ours = await add_todo(trusting, session.access_token)
                theirs = await add_todo(trusting, token)

                assert await titles(trusting, token) == [theirs]
                assert await titles(trusting, session.access_token) == [ours]
                assert await shown(trusting, replace(stranger, key=new_key()).sign(session.user_id)) == 401
                # Their key proves nothing that is said to be ours.
                assert await shown(trusting, stranger.sign(session.user_id, iss=system.wiring.api_url)) == 401
                for untold in (Door(doors.todos, "/todos"), Door(doors.gateway, "/auth/me")):
                    assert await shown(untold, token) == 401


async def add_todo(door: Door, token: str) -> str:
    """The title of a todo that was added with this token."""
    title = secrets.token_hex(8)
    answer = await door.process.post(door.path, json={"title": title}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201, answer.text
    return title


async def titles(door: Door, token: str) -> list[str]:
    answer = await door.process.get(door.path, headers={"Authorization": f"Bearer {token}"})
    return [each["title"] for each in answer.json()["items"]]
