"""`python -m auth_service keys list | rotate | revoke <kid>`: signing keys by hand."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

from auth_service import vault
from auth_service.keys import repository, rotation
from auth_service.keys.errors import CannotRotateError
from auth_service.keys.repository import StoredKey
from auth_service.settings import Settings
from chassis.database import Database
from chassis.encryption import KeyRing

Change = Callable[[Database, KeyRing, datetime], Awaitable[None]]


def list_keys(settings: Settings) -> None:
    """Print all keys: those to come, the one that signs, and those that are kept for what they have signed."""
    asyncio.run(_run(settings))


def rotate(settings: Settings) -> None:
    """Let the next key sign from now on. Refused while there may be a verifier that does not know it."""

    async def turn(db: Database, ring: KeyRing, at: datetime) -> None:
        await rotation.prepare(db, ring, settings.keys, at=at)
        async with db.transaction() as tx:
            await rotation.rotate(tx, at=at, by="command")

    asyncio.run(_run(settings, turn))


def revoke(settings: Settings, kid: str) -> None:
    """Take a key away at once, because somebody else may have it."""

    async def take_away(db: Database, _: KeyRing, at: datetime) -> None:
        async with db.transaction() as tx:
            await rotation.revoke(tx, kid, at=at)

    asyncio.run(_run(settings, take_away))


async def _run(settings: Settings, change: Change | None = None) -> None:
    """Make the change and what it leaves missing, then show what there is."""
    ring, at = KeyRing.from_file(settings.key_encryption_key_file), datetime.now(UTC)
    async with vault.connect(settings.database, ring) as db:
        if change is not None:
            try:
                await change(db, ring, at)
            except CannotRotateError as error:
                sys.exit(str(error))
            await rotation.make_missing(db, ring, settings.keys.algorithm, at=at)
        async with db.reads() as reads:
            keys = await repository.list_keys(reads)
    sys.stdout.writelines(_table(keys))


def _table(keys: Iterable[StoredKey]) -> Iterable[str]:
    yield f"{'kid':<44}{'algorithm':<10}{'state':<10}{'made':<21}{'signs since':<21}retired\n"
    for key in keys:
        times = "".join(f"{_time(at):<21}" for at in (key.created_at, key.activated_at, key.retired_at))
        yield f"{key.kid:<44}{key.algorithm:<10}{key.state:<10}{times}".rstrip() + "\n"


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else "-"
