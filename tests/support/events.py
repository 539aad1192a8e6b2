"""Whether what happened at auth has been heard of at todos: an account that never wrote anything has its rows there."""

import asyncio
import time
from collections.abc import Collection
from uuid import UUID

import asyncpg
from tests.support.system import System


async def arrived(system: System, owners: Collection[UUID]) -> int:
    """Of how many of them todos knows. Those who have written something it knows anyway."""
    connection = await asyncpg.connect(system.wiring.databases["todos"])
    try:
        count = "select count(*) from todos.streams where owner_id = any($1::uuid[])"
        return int(await connection.fetchval(count, list(owners)))
    finally:
        await connection.close()


async def arrival(system: System, owners: Collection[UUID], *, within: float) -> float:
    """Seconds until it knows of all of them."""
    started = time.perf_counter()
    async with asyncio.timeout(within):
        while await arrived(system, owners) < len(owners):  # noqa: ASYNC110 (another process writes the rows)
            await asyncio.sleep(0.05)
    return time.perf_counter() - started
