from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.attempts.budgets import Tally
from auth_service.attempts.models import AttemptsRow


class Held(NamedTuple):
    """Tallies that nobody else can change until this transaction is over, and the time by the database's clock."""

    tallies: dict[bytes, Tally]
    now: datetime


async def hold(tx: AsyncConnection, keys: Sequence[bytes]) -> Held:
    """Adds those that are missing, empty. Locked in the order of the keys, so that nobody waits in a circle."""
    # Not `now()`: that is when the transaction began, before it waited for somebody else's.
    clock = func.clock_timestamp()
    empty = [{"key": key, "failures": 0.0, "at": clock, "next_at": clock} for key in sorted(keys)]
    adding = insert(AttemptsRow).values(empty)
    rows = await tx.execute(
        adding.on_conflict_do_update(index_elements=[AttemptsRow.key], set_={"key": adding.excluded.key}).returning(
            AttemptsRow.key, AttemptsRow.failures, AttemptsRow.at, AttemptsRow.next_at, clock.label("now")
        )
    )
    found = rows.all()
    tallies = {row.key: Tally(row.failures, row.at, row.next_at) for row in found}
    # Each row's clock was read when it was locked; the latest is when all of them were.
    return Held(tallies, max(row.now for row in found))


async def store(tx: AsyncConnection, tallies: Mapping[bytes, Tally]) -> None:
    """Of tallies that are held."""
    values = [
        {"key": key, "failures": tally.failures, "at": tally.at, "next_at": tally.next_at}
        for key, tally in sorted(tallies.items())
    ]
    storing = insert(AttemptsRow).values(values)
    changed = {name: storing.excluded[name] for name in ("failures", "at", "next_at")}
    await tx.execute(storing.on_conflict_do_update(index_elements=[AttemptsRow.key], set_=changed))


async def remove_older_than(tx: AsyncConnection, seconds: float) -> int:
    """Returns how many there were."""
    past = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    gone = delete(AttemptsRow).where(AttemptsRow.at < past, AttemptsRow.next_at < func.now())
    return (await tx.execute(gone)).rowcount
