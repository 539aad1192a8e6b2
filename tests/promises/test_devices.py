"""P5: devices of one person that edit without a network, lose answers and crash come to one state and lose nothing.

The devices are the app's own engine, storage adapter and API client under Node; the API is the real one. That a server
which loses an edit, or brings back what was deleted, is found out: `frontend/src/testing/devices/run.test.ts`.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.people import Person
from tests.support.promises import Measured, size
from tests.support.system import System

from daybook.supervision.processes import kill_group

pytestmark = pytest.mark.promise("P5")

_FRONTEND = Path(__file__).parents[2] / "frontend"
SEEDS = size(quick=3, full=300)
# Each account has some of them: what is left of one is what the next begins with.
SEEDS_AN_ACCOUNT = 10
# Accounts at work at the same time.
AT_ONCE = size(quick=1, full=2)
DEVICES = size(quick=3, full=5)
OPERATIONS = size(quick=120, full=2000)
# How long after the last operation nobody may have anything left to send. A machine that is busy may take longer, and
# that is measured; that they never agree is what fails.
PATIENCE_MS = 120_000
# The driver reads the token again when the API refuses the last one.
_TOKEN_SECONDS = 60


@asynccontextmanager
async def somebody(system: System) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(
        base_url=system.url("gateway"), headers={"Origin": system.wiring.app_url}, timeout=60
    ) as browser:
        person = Person(browser, system.wiring.cookie_name)
        await person.register()
        yield person


@asynccontextmanager
async def token_file(person: Person, folder: Path) -> AsyncIterator[Path]:
    file = folder / "token"

    async def write() -> None:
        bearer = await person.bearer()
        fresh = file.with_suffix(".new")
        fresh.write_text(bearer["Authorization"].removeprefix("Bearer "))
        fresh.replace(file)

    async def keep_fresh() -> None:
        while True:
            await asyncio.sleep(_TOKEN_SECONDS)
            await write()

    await write()
    keeping = asyncio.create_task(keep_fresh())
    try:
        yield file
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def drive(system: System, token: Path, seeds: range) -> list[dict[str, Any]]:
    """What came of each seed."""
    out = token.with_name("report.json")
    arguments = {
        "seeds": f"{seeds.start}-{seeds.stop - 1}",
        "devices": DEVICES,
        "operations": OPERATIONS,
        "patience": PATIENCE_MS,
        "out": out,
    }
    process = await asyncio.create_subprocess_exec(
        "node",
        "scripts/devices.mjs",
        *(f"--{name}={value}" for name, value in arguments.items()),
        cwd=_FRONTEND,
        env={
            **os.environ,
            "DAYBOOK_API_URL": system.url("gateway"),
            "DAYBOOK_ACCESS_TOKEN_FILE": str(token),
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            kill_group(process.pid)
    assert process.returncode == 0, said.decode()[-8000:]
    reports: list[dict[str, Any]] = json.loads(out.read_text())["seeds"]
    return reports


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not (_FRONTEND / "node_modules" / "vite").exists():
        pytest.skip("The app's packages are not installed: `make up`, or `npm ci` in frontend/.")
    return tmp_path


class TestDevices:
    @pytest.mark.timeout(1800)
    async def test_come_to_one_state_and_lose_nothing(self, system: System, folder: Path, measured: Measured) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one_account(seeds: range) -> list[dict[str, Any]]:
            own = folder / str(seeds.start)
            own.mkdir()
            async with turns, somebody(system) as person, token_file(person, own) as token:
                return await drive(system, token, seeds)

        firsts = range(1, SEEDS + 1, SEEDS_AN_ACCOUNT)
        async with asyncio.TaskGroup() as accounts:
            working = [
                accounts.create_task(one_account(range(first, min(first + SEEDS_AN_ACCOUNT, SEEDS + 1))))
                for first in firsts
            ]
        reports = [report for each in working for report in each.result()]

        def total(figure: str) -> int:
            return sum(int(report[figure]) for report in reports)

        assert [report["seed"] for report in reports] == list(range(1, SEEDS + 1))
        assert total("lost_requests") + total("lost_answers") > 0, "the weather was too good to prove anything"
        settled = sorted(report["settled_ms"] for report in reports)
        measured |= {
            "seeds": SEEDS,
            "devices": DEVICES,
            "operations": OPERATIONS,
            "lost_updates": 0,
            "resurrected": 0,
            "settled_median_ms": settled[len(settled) // 2],
            "settled_max_ms": settled[-1],
        } | {figure: total(figure) for figure in ("sent", "conflicts", "crashes", "interrupted", "lost_answers")}
