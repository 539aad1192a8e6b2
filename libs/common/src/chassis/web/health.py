"""`/livez`: the event loop turns. `/readyz`: everything this process cannot work without is there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter

from chassis.problems import ServiceUnavailable

Check = Callable[[], Awaitable[None]]
Report = Callable[[], Any]
_CHECK_SECONDS = 2.0


class Health:
    """Readiness of one process. A check returns, or raises what is wrong."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._reports: dict[str, Report] = {}
        self.draining = False

    def add(self, name: str, check: Check) -> None:
        self._checks[name] = check

    def tell(self, name: str, report: Report) -> None:
        """Something that makes a process no less ready, and that whoever looks at it should see."""
        self._reports[name] = report

    def answer(self) -> dict[str, Any]:
        """What a process says that is ready."""
        return {"status": "ready"} | {name: report() for name, report in self._reports.items()}

    async def failures(self) -> dict[str, str]:
        """What is missing, by the name of the check; empty when the process is ready."""
        if self.draining:
            return {"process": "stopping"}
        outcomes = await asyncio.gather(*(self._run(check) for check in self._checks.values()))
        return {name: outcome for name, outcome in zip(self._checks, outcomes, strict=True) if outcome}

    @staticmethod
    async def _run(check: Check) -> str | None:
        try:
            await asyncio.wait_for(check(), _CHECK_SECONDS)
        except Exception as error:  # noqa: BLE001 (whatever a check raises is what the prober is told)
            return type(error).__name__
        return None


def router(health: Health) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/livez")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @routes.get("/readyz")
    async def ready() -> dict[str, Any]:
        if failures := await health.failures():
            raise ServiceUnavailable("Not ready", missing=failures)
        return health.answer()

    return routes
