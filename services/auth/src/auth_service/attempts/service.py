"""Counts an attempt before it is made, and takes it back if it was right.

So of any number of guesses that come at once, no more are looked at than the budget allows. Counting has short
transactions of its own: what a failed sign-in rolls back does not take the count with it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

import structlog

from auth_service.attempts import repository
from auth_service.attempts.budgets import Budget
from auth_service.attempts.errors import TooManyAttempts
from auth_service.vault import Vault
from chassis.database import Database

log = structlog.get_logger()

# Attempts on one account wait for each other in Postgres; here they wait without a connection.
_AT_ONCE = 2
_REMEMBERED = 10_000
_IPV6_PREFIX = 64
# Nothing is counted for longer.
_KEPT_SECONDS = 86_400.0
_HOUSEKEEPING_SECONDS = 3600

# What an attempt counts for: the pseudonyms of an account, an address…, each with its budget.
Counts = Mapping[bytes, Budget]


def key_of(vault: Vault, budget: Budget, name: str) -> bytes:
    """A name for somebody or something that says nothing to who reads the table."""
    return vault.mac("attempts", f"{budget.name}\0{name}".encode())[:16]


def neighbourhood(address: str | None) -> str:
    """What one attacker has of addresses: with IPv6 a whole network."""
    if address is None:
        return "nowhere"
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, _IPV6_PREFIX), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


class Attempts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = asyncio.Semaphore(_AT_ONCE)
        # Until when an attempt would be refused: an attack costs the database nothing while it has to wait.
        self._waits: OrderedDict[bytes, float] = OrderedDict()

    async def begin(self, counts: Counts) -> int:
        """Count an attempt, or raise TooManyAttempts and count nothing.

        Returns how many seconds the next one will have to wait, should this one fail.
        """
        self._refuse_known(counts)
        async with self._turns:
            self._refuse_known(counts)
            return await self._spend(counts)

    async def forgive(self, counts: Counts) -> None:
        """The attempt was right: as if it had not been counted."""
        async with self._database.transaction() as tx:
            held = await repository.hold(tx, list(counts))
            returned = {key: counts[key].return_one(tally, held.now) for key, tally in held.tallies.items()}
            await repository.store(tx, returned)
        for key in counts:
            self._waits.pop(key, None)

    async def _spend(self, counts: Counts) -> int:
        async with self._database.transaction() as tx:
            held = await repository.hold(tx, list(counts))
            spent = {key: counts[key].spend(tally, held.now) for key, tally in held.tallies.items()}
            waits = {key: (held.tallies[key].next_at - held.now).total_seconds() for key in spent}
            refused = [key for key, tally in spent.items() if tally is None]
            if not refused:
                allowed = {key: tally for key, tally in spent.items() if tally is not None}
                await repository.store(tx, allowed)
                return ceil(max((tally.next_at - held.now).total_seconds() for tally in allowed.values()))
            for key in refused:
                self._remember(key, waits[key])
            log.info("attempts.refused", budgets=sorted(counts[key].name for key in refused))
            raise TooManyAttempts(retry_after=max(1, ceil(max(waits[key] for key in refused))))

    def _refuse_known(self, counts: Counts) -> None:
        wait = max(self._waits.get(key, 0.0) for key in counts) - time.monotonic()
        if wait > 0:
            raise TooManyAttempts(retry_after=max(1, ceil(wait)))

    def _remember(self, key: bytes, wait: float) -> None:
        self._waits[key] = time.monotonic() + wait
        self._waits.move_to_end(key)
        if len(self._waits) > _REMEMBERED:
            self._waits.popitem(last=False)


async def keep_house(database: Database) -> None:
    """Forget what no longer counts. Runs until cancelled."""
    while True:
        async with database.transaction() as tx:
            removed = await repository.remove_older_than(tx, _KEPT_SECONDS)
        log.info("attempts.removed", count=removed)
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
