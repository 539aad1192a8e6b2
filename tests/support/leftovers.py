"""What a running system leaves behind, as whoever steals a disk, a dump or a log would read it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import httpx
from redis.asyncio import Redis
from tests.support.system import System

from chassis.messaging import broker
from daybook.services import SERVICES

Piece = tuple[str, bytes]

# The clock of a server on another machine may be behind.
_SLACK_SECONDS = 120.0
# What is in none of the databases concerns all of them: the log of what is written, and what it is made of.
_FILES = """
    SELECT folder || '/' || name AS path
    FROM unnest($1::text[]) AS folder, pg_ls_dir(folder, true, false) AS name,
         pg_stat_file(folder || '/' || name, true) AS file
    WHERE NOT file.isdir AND file.modification >= to_timestamp($2)
"""
# Nothing of one that is gone meanwhile.
_CONTENT = "SELECT pg_read_binary_file($1, 0, (pg_stat_file($1, true)).size, true)"
_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
_VALUES: Mapping[bytes | str, Callable[[Any, bytes], Any]] = {
    b"string": lambda redis, key: redis.get(key),
    b"hash": lambda redis, key: redis.hgetall(key),
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"set": lambda redis, key: redis.smembers(key),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1, withscores=True),
    b"stream": lambda redis, key: redis.xrange(key),
}


@dataclass
class Leftovers:
    """Of a system that has been watched since it was empty. Each method goes through one kind of place."""

    system: System
    database: "asyncpg.Connection[Any]"
    redis: Redis
    since: float
    bus: aio_pika.abc.AbstractExchange
    # What has passed by: a message or a command is gone when it has been heard.
    events: list[bytes] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)

    async def rows(self) -> AsyncIterator[Piece]:
        """What a dump would have: every column of every table, out of whatever compresses it."""
        for [table] in await self.database.fetch(_TABLES):
            copied = BytesIO()
            await self.database.copy_from_query(f"SELECT * FROM {table}", output=copied, format="binary")  # noqa: S608
            yield table, copied.getvalue()

    async def files(self) -> AsyncIterator[Piece]:
        """What the disk has: also what was deleted, statistics, and the log of every write. The server reads them, who
        may be on another machine.
        """
        await self.database.execute("CHECKPOINT")
        oid = await self.database.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        folders = [f"base/{oid}", "base/pgsql_tmp", "global", "pg_logical", "pg_stat_tmp", "pg_wal"]
        for [path] in await self.database.fetch(_FILES, folders, self.since):
            content = await self.database.fetchval(_CONTENT, path)
            yield path, content or b""

    async def counts(self) -> AsyncIterator[Piece]:
        """What is in Redis, and what it was asked."""
        async for key in self.redis.scan_iter(count=1000):
            value = await _VALUES[await self.redis.type(key)](self.redis, key)
            yield "redis", key + b" " + _in_bytes(value)
        yield "redis was asked", b"\n".join(self.commands)

    async def messages(self) -> AsyncIterator[Piece]:
        """Everything that was in a queue."""
        for each in self.events:
            yield "events", each

    async def logs(self) -> AsyncIterator[Piece]:
        """Every file of our processes but the mail: that is where mail arrives."""
        for file in _files_below(self.system.folder, since=0):
            if not file.is_relative_to(self.system.wiring.mail):
                yield str(file.relative_to(self.system.folder)), file.read_bytes()

    async def metrics(self) -> AsyncIterator[Piece]:
        async with httpx.AsyncClient() as client:
            for service in SERVICES:
                if service.metrics:
                    yield service.name, (await client.get(self.system.metrics_url(service.name))).content

    async def engines(self) -> AsyncIterator[Piece]:
        """What the engines of a local stack have written beside: their logs, the broker's messages, the counts."""
        data = Path(await self.database.fetchval("SELECT current_setting('data_directory')"))
        stack = data.parent.parent
        for folder in (stack / "logs", *(stack / "data" / name for name in ("rabbitmq", "redis"))):
            if os.access(folder, os.R_OK):
                for file in _files_below(folder, since=self.since):
                    yield str(file.relative_to(stack)), file.read_bytes()


def _in_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return _in_bytes([*value.items()])
    if isinstance(value, list | tuple | set):
        return b" ".join(map(_in_bytes, value))
    return str(value).encode()


def _files_below(folder: Path, *, since: float) -> list[Path]:
    found = []
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # engines tidy up
            if file.is_file() and file.stat().st_mtime >= since:
                found.append(file)
    return found


@asynccontextmanager
async def leftovers(system: System, *, postgres: str, redis: str, rabbitmq: str) -> AsyncIterator[Leftovers]:
    """From now on, as the administrators of these engines see it."""
    name = urlsplit(system.wiring.databases["todos"]).path
    async with AsyncExitStack() as stack:
        database = await asyncpg.connect(urlsplit(postgres)._replace(path=name).geturl())
        stack.push_async_callback(database.close)
        counts = await stack.enter_async_context(Redis.from_url(redis))
        connection = await stack.enter_async_context(await aio_pika.connect(rabbitmq))
        channel = await connection.channel()
        bus = await broker.declare_exchange(channel)
        watched = Leftovers(system, database, counts, time.time() - _SLACK_SECONDS, bus)
        await _hear_events(watched, channel)
        listening = asyncio.create_task(_hear_commands(watched))
        stack.callback(listening.cancel)
        yield watched


async def _hear_events(watched: Leftovers, channel: aio_pika.abc.AbstractChannel) -> None:
    queue = await channel.declare_queue(exclusive=True, auto_delete=True)
    await queue.bind(watched.bus, routing_key="#")

    async def hear(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        watched.events.append(repr((message.info(), message.headers)).encode() + message.body)

    await queue.consume(hear, no_ack=True)


async def _hear_commands(watched: Leftovers) -> None:
    async with watched.redis.monitor() as monitor:
        async for command in monitor.listen():
            watched.commands.append(str(command["command"]).encode())
