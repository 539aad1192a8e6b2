import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from services.auth.tests.support import Person, client_of, eventually, is_ready, running
from sqlalchemy import text

from auth_service.app import build
from auth_service.keys import rotation
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
