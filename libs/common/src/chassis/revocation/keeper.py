"""Keeps a process's knowledge of revocations complete: the bus makes it quick, and asking auth makes it sure.

In this order nothing falls between the two: first listen, then ask for what there was before. After that auth is
asked again every second, because not everything that may be broken is seen from here: a bus that has fallen silent, or
an auth worker that publishes nothing, looks like a quiet day.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import structlog

from chassis.background import running
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.problems import ServiceUnavailable
from chassis.revocation.knowledge import Revocation, Revocations, Snapshot
from chassis.settings import BrokerSettings, RevocationSettings
from chassis.signatures import SignatureVerifier

log = structlog.get_logger()

EVENT_TYPE = "session.revoked.v1"
_ASK_SECONDS = 1.0
_ANSWER_SECONDS = 2.0

# What auth knows after a number.
Ask = Callable[[int], Awaitable[Snapshot]]
# Lets a figure be looked up by its name, and with what it says.
Watch = Callable[[str, str, Callable[[], float]], None]


class Heard(Revocation):
    """A revocation as the bus brings it."""

    epoch: UUID


class Keeper:
    def __init__(self, revocations: Revocations, ask: Ask, signatures: SignatureVerifier) -> None:
        self.revocations, self._ask, self._signatures = revocations, ask, signatures
        # Whether what is revoked arrives by itself; until then, asking is all there is.
        self.listening = False
        self._incomplete = asyncio.Event()
        self._answered = True

    async def listen(self, settings: BrokerSettings, *, name: str) -> None:
        """Run until the broker goes away, and then raise."""
        try:
            async with broker.connect(settings, name=name) as channel:
                await broker.listen(
                    channel, name, [EVENT_TYPE], self._hear, signatures=self._signatures, on_gap=self._miss
                )
        finally:
            self.listening = False

    async def follow(self) -> None:
        """Ask auth whenever something is missing, and every second. Runs until cancelled.

        The first time it waits for the bus, for no longer than that.
        """
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._incomplete.wait(), _ASK_SECONDS)
            self._incomplete.clear()
            await self._catch_up()

    async def check(self) -> None:
        """Readiness: once everything is known that there was. Later this process serves on with what it knows."""
        if not self.revocations.known:
            raise ServiceUnavailable

    def report(self) -> dict[str, Any]:
        """For the health answer: how far this process may be behind."""
        known = self.revocations
        staleness = round(known.staleness, 3) if known.known else None
        return {"listening": self.listening, "staleness": staleness, "lag": round(known.lag, 3)}

    def be_watched(self, watch: Watch) -> None:
        """The same for Prometheus. The staleness is infinite until auth has answered for the first time."""
        known = self.revocations
        watch(
            "revocations_staleness_seconds",
            "Since auth confirmed that no revocation is unknown here",
            lambda: known.staleness,
        )
        watch("revocations_lag_seconds", "What the latest revocation took to get here by the bus", lambda: known.lag)
        watch("revocations_listening", "1 while revocations arrive by the bus", lambda: self.listening)

    def _miss(self) -> None:
        self.listening = True
        self._incomplete.set()

    async def _hear(self, envelope: Envelope) -> None:
        heard = Heard.model_validate(envelope.data)
        self.revocations.lag = max(0.0, (datetime.now(UTC) - envelope.time).total_seconds())
        if not self.revocations.hear(heard.epoch, heard):
            self._incomplete.set()

    async def _catch_up(self) -> None:
        asked_at, known = time.monotonic(), self.revocations
        try:
            snapshot = await self._ask(known.sequence)
            if snapshot.epoch != known.epoch and known.sequence:
                # These numbers have nothing to do with the one that was asked for.
                snapshot = await self._ask(0)
        except (httpx.HTTPError, ValueError) as error:
            if self._answered:
                log.warning("revocations.unknown", error=f"{type(error).__name__}: {error}", known=known.known)
            self._answered = False
            return
        known.learn(snapshot, asked_at=asked_at)
        if not self._answered:
            log.info("revocations.known", sequence=known.sequence)
        self._answered = True


@asynccontextmanager
async def kept(
    settings: RevocationSettings, bus: BrokerSettings, signatures: SignatureVerifier, *, name: str
) -> AsyncIterator[Keeper]:
    """Knowledge that is kept complete for as long as the block lasts. Starts whether or not auth and the bus are there.

    `name` is the prefix of the queue, which the broker lets this process have.
    """
    async with httpx.AsyncClient(timeout=_ANSWER_SECONDS) as client:

        async def ask(after: int) -> Snapshot:
            response = await client.get(settings.url, params={"after": after})
            response.raise_for_status()
            return Snapshot.model_validate_json(response.content)

        keeper = Keeper(Revocations(), ask, signatures)
        async with running(revocations_heard=lambda: keeper.listen(bus, name=name), revocations_asked=keeper.follow):
            yield keeper
