import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import jwt
import pytest
from fastapi import FastAPI
from services.auth.tests.support import Person, client_of, eventually, is_ready, running
from sqlalchemy import text

from auth_service.app import build
from auth_service.keys import repository, rotation
from auth_service.keys.models import KeyState
from auth_service.keys.rotation import PUBLISH_AHEAD
from auth_service.keys.service import SigningKeys
from auth_service.settings import Settings
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.problems import ServiceUnavailable


class TestSigningKeys:
    async def test_cannot_sign_before_they_were_read(self, keyless: Database, ring: KeyRing) -> None:
        keys = SigningKeys(keyless, ring)
        with pytest.raises(ServiceUnavailable):
            _ = keys.active
        with pytest.raises(ServiceUnavailable):
            _ = keys.published

    async def test_at_first_one_is_made_to_sign_and_one_to_come_next(self, keyless: Database, ring: KeyRing) -> None:
        keys = SigningKeys(keyless, ring)
        await keys.make_missing()

        async with keyless.reads() as reads:
            states = (await reads.scalars(text("select state from signing_keys order by state"))).all()
        assert states == ["active", "next"]
        assert keys.published["keys"][0]["kid"] == keys.active[0]

    async def test_are_made_once(self, keyless: Database, ring: KeyRing) -> None:
        first, second = SigningKeys(keyless, ring), SigningKeys(keyless, ring)
        await first.make_missing()
        await second.make_missing()

        assert first.published == second.published

    async def test_follow_a_rotation_made_elsewhere_and_keep_the_old_key_published(
        self, keyless: Database, ring: KeyRing
    ) -> None:
        keys = SigningKeys(keyless, ring)
        await keys.make_missing()
        before, known = keys.active[0], {key["kid"] for key in keys.published["keys"]}

        async with keyless.transaction() as tx:
            await rotation.rotate(tx, at=datetime.now(UTC) + PUBLISH_AHEAD)
        await keys.read()

        assert keys.active[0] != before
        assert {key["kid"] for key in keys.published["keys"]} == known

    async def test_stop_signing_at_once_when_the_only_one_is_revoked(self, keyless: Database, ring: KeyRing) -> None:
        keys = SigningKeys(keyless, ring)
        await keys.make_missing()
        async with keyless.transaction() as tx:
            for key in keys.published["keys"]:
                await rotation.revoke(tx, key["kid"], at=datetime.now(UTC))

        await keys.read()

        with pytest.raises(ServiceUnavailable):
            _ = keys.active
        await keys.make_missing()
        assert keys.active

    async def test_that_are_revoked_open_nothing_here_a_second_later(
        self, own_database_url: str, keyless: Database, settings_for: Callable[..., Settings]
    ) -> None:
        """Also to a token that was remembered as good."""
        async with running(build(settings_for(own_database_url))) as app, client_of(app) as client:
            await eventually(lambda: is_ready(app))
            person = Person(client)
            await person.register()
            before = await client.get("/auth/me", headers=person.bearer)
            kid = app.state.keys.active[0]
            async with keyless.transaction() as tx:
                await rotation.revoke(tx, kid, at=datetime.now(UTC))
            began = time.monotonic()
            async with asyncio.timeout(9):
                while (after := await client.get("/auth/me", headers=person.bearer)).status_code == 200:  # noqa: ASYNC110 (it tells nobody)
                    await asyncio.sleep(0.05)
            took = time.monotonic() - began
            await person.refresh()
            again = await client.get("/auth/me", headers=person.bearer)

        assert (before.status_code, after.status_code, again.status_code) == (200, 401, 200)
        assert took < 5

    async def test_lie_sealed_in_the_table(self, keyless: Database, ring: KeyRing) -> None:
        await SigningKeys(keyless, ring).make_missing()

        async with keyless.reads() as reads:
            stored = (await reads.execute(text("select kid, private_key, public_jwk::text from signing_keys"))).all()
        for _, private_key, public_jwk in stored:
            # PKCS #8 names the algorithm in its first bytes: 1.2.840.113549.1.1.1.
            assert bytes.fromhex("2a864886f70d010101") not in private_key
            assert '"d"' not in public_jwk


@dataclass
class Processes:
    """Two that serve, neither of which has read the table of keys since it started; a command changes it."""

    apps: tuple[FastAPI, FastAPI]
    database: Database
    ring: KeyRing

    async def signing(self) -> str:
        async with self.database.reads() as reads:
            kid = await repository.find_active(reads)
        assert kid
        return kid

    async def revoke(self) -> str:
        """The key that signs, as `auth keys revoke` does it. Returns the one that signs now."""
        kid = await self.signing()
        async with self.database.transaction() as tx:
            await rotation.revoke(tx, kid, at=datetime.now(UTC))
        await rotation.make_missing(self.database, self.ring, "RS256", at=datetime.now(UTC))
        return await self.signing()


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class TestRevokedElsewhere:
    @pytest.fixture
    async def processes(
        self,
        own_database_url: str,
        keyless: Database,
        ring: KeyRing,
        settings_for: Callable[..., Settings],
        monkeypatch: pytest.MonkeyPatch,
    ) -> AsyncIterator[Processes]:
        await SigningKeys(keyless, ring).make_missing()
        monkeypatch.setattr("auth_service.keys.service._READ_SECONDS", 3600)
        async with AsyncExitStack() as stack:
            one, two = [await stack.enter_async_context(running(build(settings_for(own_database_url)))) for _ in "12"]
            for app in (one, two):
                await eventually(lambda app=app: is_ready(app))  # type: ignore[misc]
            yield Processes((one, two), keyless, ring)

    async def test_signs_no_token_although_nothing_was_read_since(self, processes: Processes) -> None:
        app, _ = processes.apps
        async with client_of(app) as client:
            person = Person(client)
            await person.register()
            new = {"name": "Backup", "scopes": ["todos:read"], "expires_in_days": 30, "password": person.password}
            program = {"token": (await client.post("/auth/tokens", json=new, headers=person.bearer)).json()["token"]}

            async def exchange() -> httpx.Response:
                return await client.post("/auth/token", json=program)

            for ask in (person.refresh, person.sign_in, exchange):
                revoked, successor = app.state.keys.active[0], await processes.revoke()
                # The control: this process knows of nothing.
                assert app.state.keys.active[0] == revoked != successor

                answer = await ask()

                assert kid_of(answer.json()["access_token"]) == successor

    async def test_proves_no_event(self, processes: Processes) -> None:
        keys = processes.apps[0].state.keys
        successor = await processes.revoke()

        assert kid_of(await keys.sign_event(b"{}")) == successor

    async def test_is_published_no_more_and_the_one_to_come_is(self, processes: Processes) -> None:
        app, _ = processes.apps
        revoked = app.state.keys.active[0]
        await processes.revoke()
        # Made after this process has read: a verifier that hears of the second revocation asks for it.
        successor = await processes.revoke()
        async with client_of(app) as client:
            for path in ("/.well-known/jwks.json", "/internal/event-keys"):
                kids = [key["kid"] for key in (await client.get(path)).json()["keys"]]
                assert successor in kids
                assert revoked not in kids

    async def test_leaves_its_successor_good_at_another_process(self, processes: Processes) -> None:
        """Also while somebody shows that one ids of keys that they have made up."""
        one, two = processes.apps
        async with client_of(one) as client, client_of(two) as other:
            person = Person(client)
            await person.register()
            for _ in range(2):
                await processes.revoke()
                await person.refresh()
                forged = person.answer["access_token"].split(".")
                forged[0] = jwt.utils.base64url_encode(b'{"typ":"at+jwt","alg":"RS256","kid":"invented"}').decode()
                invented = {"Authorization": f"Bearer {'.'.join(forged)}"}
                began = time.monotonic()
                async with asyncio.timeout(9):
                    while (await other.get("/auth/me", headers=person.bearer)).status_code != 200:
                        assert (await other.get("/auth/me", headers=invented)).status_code == 401
                        await asyncio.sleep(0.02)
                # It asks twice a second; the rest is for a machine that has other things to do.
                assert time.monotonic() - began < 2

    async def test_with_no_successor_yet_signs_nothing(self, processes: Processes) -> None:
        app, _ = processes.apps
        async with client_of(app) as client:
            person = Person(client)
            await person.register()
            async with processes.database.transaction() as tx:
                for key in await repository.lock_keys(tx):
                    if key.state in {KeyState.ACTIVE, KeyState.NEXT}:
                        await rotation.revoke(tx, key.kid, at=datetime.now(UTC))

            assert (await person.refresh()).status_code == 503

    async def test_is_read_once_for_all_who_ask(self, processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
        app, _ = processes.apps
        reads = 0
        list_keys = repository.list_keys

        async def counted(*arguments: object) -> object:
            nonlocal reads
            reads += 1
            return await list_keys(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(repository, "list_keys", counted)
        monkeypatch.setattr("auth_service.keys.service._PUBLISHED_SECONDS", 60)
        app.state.keys._read_at = float("-inf")

        async with client_of(app) as client:
            await asyncio.gather(*(client.get("/.well-known/jwks.json") for _ in range(20)))

        assert reads == 1
