"""How much open streams cost one process, and how soon all of them hear of a change.

`make bench` opens 10,000, or as many as this process and the service may have files open, one for each.
`pytest tests/bench/test_streams.py` opens 500, `DAYBOOK_STREAMS=2000 pytest …` as many as that.
"""

import asyncio
import os
import resource
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.bench.conftest import WriteDown
from tests.support.people import Person
from tests.support.system import System

_FULL, _QUICK = 10_000, 500
# What else these processes have open.
_OTHER_FILES = 500
_PER_OWNER = 100
_OPENING_AT_ONCE = 20
# What 10,000 may add up to with the process itself.
_LIMIT_MIB = 250
_LIMIT_KIB_EACH = 20


@dataclass
class Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def heard(self, head: int) -> float:
        """When it said that."""
        said = b'"head":%d}' % head
        while said not in await self.reader.readuntil(b"\n\n"):
            continue
        return time.perf_counter()


async def open_stream(address: tuple[str, int], bearer: str) -> Stream:
    """By hand: a client of ten thousand connections is not what is measured."""
    reader, writer = await asyncio.open_connection(*address)
    head = f"GET /sync/stream HTTP/1.1\r\nHost: {address[0]}\r\nAuthorization: {bearer}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    await reader.readuntil(b"\n\n")
    return Stream(reader, writer)


def memory_of(pid: int) -> float:
    """MiB that are really there."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    resident = next(line for line in lines if line.startswith("VmRSS:"))
    return int(resident.split()[1]) / 1024


def processor_of(pid: int) -> float:
    """Seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="session", autouse=True)
def count() -> int:
    """How many to open. As many open files are asked for before the service is started, which inherits them."""
    wanted = int(os.environ.get("DAYBOOK_STREAMS") or (_FULL if os.environ.get("DAYBOOK_EVIDENCE") else _QUICK))
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = wanted + _OTHER_FILES
    if 0 <= files < enough:  # a limit below zero is none
        files = enough if most < 0 else min(enough, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    if 0 <= files < enough:
        print(f"\n{files} files may be open at a time: {files - _OTHER_FILES} streams instead of {wanted}")
        return files - _OTHER_FILES
    return wanted


@pytest.fixture
async def people(system: System, count: int) -> AsyncIterator[Sequence[Person]]:
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(
            httpx.AsyncClient(base_url=system.url("gateway"), headers={"Origin": system.wiring.app_url}, timeout=120)
        )
        people = [Person(browser, system.wiring.cookie_name) for _ in range(-(-count // _PER_OWNER))]
        for person in people:
            await person.register()
        yield people


async def open_all(address: tuple[str, int], people: Sequence[Person], count: int) -> list[Stream]:
    streams: list[Stream] = []
    left = iter(range(count))

    async def open_some() -> None:
        for number in left:
            bearer = await people[number % len(people)].bearer()
            streams.append(await open_stream(address, bearer["Authorization"]))

    await asyncio.gather(*(open_some() for _ in range(_OPENING_AT_ONCE)))
    return streams


async def push_to_all(door: httpx.AsyncClient, people: Sequence[Person], streams: Sequence[Stream]) -> list[float]:
    """Seconds from each owner's write to each of their streams."""
    listening = [asyncio.create_task(stream.heard(1)) for stream in streams]
    began = time.perf_counter()
    for person in people:
        answer = await door.post("/todos", json={"title": "Water the plants"}, headers=await person.bearer())
        assert answer.status_code == 201, answer.text
    heard = await asyncio.gather(*listening)
    return [moment - began for moment in heard]


class TestStreams:
    @pytest.mark.timeout(3600)
    async def test_are_cheap_to_keep_open_and_to_tell(
        self, system: System, people: Sequence[Person], count: int, write_down: WriteDown
    ) -> None:
        address = urlsplit(system.url("todos-api"))
        where, pid = (str(address.hostname), int(address.port or 0)), system.pid("todos-api")
        async with httpx.AsyncClient(base_url=system.url("todos-api"), timeout=120) as door:
            before = memory_of(pid)
            streams = await open_all(where, people, count)
            opened = memory_of(pid)
            idle_from = processor_of(pid)
            await asyncio.sleep(16)  # each stream has its heartbeat in that time
            idle = processor_of(pid) - idle_from
            spent_from = processor_of(pid)
            took = await push_to_all(door, people, streams)
            spent = processor_of(pid) - spent_from
        for stream in streams:
            stream.writer.close()

        each = (opened - before) * 1024 / count
        write_down(
            "streams",
            {
                "memory_mib": {"before": round(before, 1), "open": round(opened, 1), "kib_each": round(each, 1)},
                "processor_seconds": {"16_idle_seconds": round(idle, 2), "push_to_all": round(spent, 3)},
                "heard_after_seconds": {
                    "median": round(statistics.median(took), 3),
                    "last": round(max(took), 3),
                },
            },
            {"streams": count, "owners": len(people)},
        )
        assert opened < _LIMIT_MIB
        assert each < _LIMIT_KIB_EACH
