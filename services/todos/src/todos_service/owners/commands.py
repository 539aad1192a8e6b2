"""`python -m todos_service keys rotate` and `erasures replay`."""

import asyncio
import sys

from chassis import database
from chassis.encryption import KeyRing
from todos_service.owners import rotation, service
from todos_service.owners.ledger import Entry, Ledger
from todos_service.settings import Settings


def rotate(settings: Settings) -> None:
    """Wrap every data key with the first key of the key file. The other lines may go when none is left to do."""
    asyncio.run(_rotate(settings))


async def _rotate(settings: Settings) -> None:
    ring = KeyRing.from_file(settings.key_encryption_key_file)
    async with database.connect(settings.database, seconds=database.PATIENT_SECONDS) as db:
        rotated = await rotation.rotate(db, ring)
    sys.stdout.write(
        f"{rotated.wrapped_anew} data keys wrapped with {ring.current}, {rotated.already_right} were already\n"
    )
    if rotated.unreadable:
        sys.exit(f"{len(rotated.unreadable)} data keys cannot be unwrapped by any key of the file: keep every line")


def replay(settings: Settings) -> None:
    """After a restore: erase again whoever the ledger says was erased."""
    if settings.erasure_ledger_file is None:
        sys.exit("TODOS_ERASURE_LEDGER_FILE does not say where the ledger is")
    asyncio.run(_replay(settings, Ledger(settings.erasure_ledger_file)))


async def _replay(settings: Settings, ledger: Ledger) -> None:
    erased, before, unreadable = 0, 0, 0
    async with database.connect(settings.database, seconds=database.PATIENT_SECONDS) as db:
        for entry in ledger.entries():
            if not isinstance(entry, Entry):
                unreadable += 1
                sys.stderr.write(f"not an entry: {entry[:100]}\n")
                continue
            async with db.transaction() as tx:
                if await service.is_erased(tx, owner_id=entry.owner_id):
                    before += 1
                else:
                    await service.erase(tx, owner_id=entry.owner_id)
                    erased += 1
    sys.stdout.write(f"{erased} owners erased again, {before} were\n")
    if unreadable:
        sys.exit(f"{unreadable} lines of the ledger are no entries")
