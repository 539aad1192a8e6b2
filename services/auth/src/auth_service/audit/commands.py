"""`python -m auth_service audit verify [anchor]`: is the log as it was written?"""

import asyncio
import sys

from auth_service import vault
from auth_service.audit import verification
from auth_service.audit.verification import Report
from auth_service.settings import Settings
from chassis.encryption import KeyRing


def verify(settings: Settings, anchor: str | None = None) -> None:
    """Print each place that was edited or removed, and leave with 1 if there is one; with 2 for what is no anchor.

    The anchor is the last line of an earlier report that was kept elsewhere. One of a log with faults is not given.
    """
    if anchor is not None and not verification.is_anchor(anchor):
        sys.stderr.write("That is no anchor: give the whole last line of an earlier report.\n")
        sys.exit(2)
    report = asyncio.run(_verify(settings, anchor))
    for fault in report.faults:
        print(fault)  # noqa: T201
    if report.faults:
        # An anchor of a damaged log would let the damage pass the next time.
        print(f"{_counted(report.entries, 'entry', 'entries')}, {_counted(len(report.faults), 'fault', 'faults')}")  # noqa: T201
        sys.exit(1)
    print(f"{_counted(report.entries, 'entry', 'entries')}, no fault; keep this anchor somewhere else:")  # noqa: T201
    print(report.anchor)  # noqa: T201


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


async def _verify(settings: Settings, anchor: str | None) -> Report:
    ring = KeyRing.from_file(settings.key_encryption_key_file)
    async with vault.connect(settings.database, ring) as db, db.transaction() as tx:
        await verification.see_one_state(tx)
        return await verification.verify(tx, anchor=anchor)
