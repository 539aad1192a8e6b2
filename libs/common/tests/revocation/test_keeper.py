"""On a real broker, with an auth that says what the test wants, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from libs.common.tests.revocation.test_knowledge import somebody
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from tests.support.faults import faults_before
from tests.support.servers import Service, revocations, serving, until
from tests.support.tokens import Issuer, new_key

from chassis import metrics
from chassis.background import running
from chassis.messaging import broker
from chassis.messaging.events import Envelope
from chassis.problems import ServiceUnavailable
from chassis.revocation import keeper
from chassis.revocation.keeper import EVENT_TYPE, Keeper
from chassis.revocation.knowledge import Revocation, Revocations, Snapshot
from chassis.settings import BrokerSettings, RevocationSettings
from chassis.signatures import SignatureVerifier
from contracts.sessions import SessionRevoked

Publishing = Callable[[], AbstractAsyncContextManager[broker.Publisher]]
NOWHERE = BrokerSettings(url=SecretStr("amqp://nobody@127.0.0.1:1/"))


@dataclass
class Auth:
    """Numbers what is revoked, and answers as auth does; may be away. Remembers what it was asked."""

    epoch: UUID = field(default_factory=uuid4)
    items: list[Revocation] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    away: bool = False

    def revoke(self, session_id: UUID, *, kid: str | None = None) -> SessionRevoked:
        holds = datetime.now(UTC) + timedelta(minutes=10)
        event = SessionRevoked(
            epoch=self.epoch,
            sequence=len(self.items) + 1,
            user_id=uuid4(),
            session_id=session_id,
            not_before=None,
            until=holds,
            reason="signed_out",
            kid=kid,
        )
        self.items.append(Revocation.model_validate(event.model_dump()))
        return event

    async def ask(self, after: int) -> Snapshot:
        self.asked.append(after)
        await asyncio.sleep(0)
        if self.away:
            raise httpx.ConnectError("away")
        newer = [each for each in self.items if each.sequence > after]
        return Snapshot(epoch=self.epoch, sequence=len(self.items), items=newer)


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def knower(auth: Auth, event_signatures: SignatureVerifier) -> Keeper:
    return Keeper(Revocations(), auth.ask, event_signatures)


@pytest.fixture
def bus(rabbitmq_url: str) -> BrokerSettings:
    return BrokerSettings(url=SecretStr(rabbitmq_url))


@asynccontextmanager
async def publishing_by(bus: BrokerSettings, issuer: Issuer) -> AsyncIterator[broker.Publisher]:
    async with broker.connect(bus, name="test") as channel:
        exchange = await broker.declare_exchange(channel)
        yield broker.Publisher(exchange, issuer.sign_event, fleeting={EVENT_TYPE})


@pytest.fixture
def publishing(bus: BrokerSettings, token_issuer: Issuer) -> Publishing:
    return lambda: publishing_by(bus, token_issuer)


def revoked(knower: Keeper, session_id: UUID) -> bool:
    return knower.revocations.is_revoked(somebody(session_id=session_id))


class TestListen:
    async def test_hears_what_is_revoked_without_asking(
        self, knower: Keeper, auth: Auth, bus: BrokerSettings, queue_name: str, publishing: Publishing
    ) -> None:
        session_id = uuid4()
        await knower._catch_up()
        async with publishing() as publisher, running(bus=lambda: knower.listen(bus, name=queue_name)):
            await until(lambda: knower.listening, within=30)
            await publisher.publish(Envelope.wrap(auth.revoke(session_id), source="auth"))
            await until(lambda: revoked(knower, session_id), within=30)

        assert auth.asked == [0]
        assert 0 <= knower.revocations.lag < 30

    async def test_hears_of_a_key_that_is_revoked(
        self, knower: Keeper, auth: Auth, bus: BrokerSettings, queue_name: str, publishing: Publishing
    ) -> None:
        await knower._catch_up()
        async with publishing() as publisher, running(bus=lambda: knower.listen(bus, name=queue_name)):
            await until(lambda: knower.listening, within=30)
            await publisher.publish(Envelope.wrap(auth.revoke(UUID(int=0), kid="lost"), source="auth"))
            await until(lambda: knower.revocations.is_revoked(somebody(key_id="lost")), within=30)

        assert auth.asked == [0]

    async def test_what_nobody_hears_does_not_hold_up_who_publishes(self, auth: Auth, publishing: Publishing) -> None:
        async with publishing() as publisher:
            await publisher.publish(Envelope.wrap(auth.revoke(uuid4()), source="auth"))

    async def test_what_is_no_revocation_ends_nothing(
        self, knower: Keeper, auth: Auth, bus: BrokerSettings, queue_name: str, publishing: Publishing
    ) -> None:
        session_id = uuid4()
        await knower._catch_up()
        async with publishing() as publisher, running(bus=lambda: knower.listen(bus, name=queue_name)):
            await until(lambda: knower.listening, within=30)
            await publisher.publish(Envelope(source="x", type=EVENT_TYPE, data={"sequence": "x"}))
            await publisher.publish(Envelope.wrap(auth.revoke(session_id), source="auth"))
            await until(lambda: revoked(knower, session_id), within=30)

    async def test_what_somebody_else_signed_ends_nothing_and_is_asked_about(
        self, knower: Keeper, auth: Auth, bus: BrokerSettings, queue_name: str, token_issuer: Issuer
    ) -> None:
        forged, theirs = uuid4(), replace(token_issuer, key=new_key())
        await knower._catch_up()
        async with publishing_by(bus, theirs) as publisher, running(bus=lambda: knower.listen(bus, name=queue_name)):
            await until(lambda: knower.listening, within=30)
            knower._incomplete.clear()
            await publisher.publish(Envelope.wrap(auth.revoke(forged), source="auth"))
            await asyncio.wait_for(knower._incomplete.wait(), 30)

        assert not revoked(knower, forged)

    async def test_asks_for_what_it_missed_while_the_bus_was_away(
        self, knower: Keeper, auth: Auth, bus: BrokerSettings, queue_name: str
    ) -> None:
        address, during = urlsplit(bus.url.get_secret_value()), uuid4()
        async with faults_before(address.hostname or "", address.port or 5672) as proxy:
            there = address._replace(netloc=f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{proxy.port}").geturl()
            through = BrokerSettings(url=SecretStr(there))
            async with running(bus=lambda: knower.listen(through, name=queue_name)):
                await until(lambda: knower.listening, within=30)
                await proxy.refuse()
                await until(lambda: not knower.listening, within=30)
                knower._incomplete.clear()
                auth.revoke(during)
                await proxy.start()
                await until(lambda: knower.listening, within=30)

                assert knower._incomplete.is_set()


class TestFollow:
    async def test_asks_at_once_when_a_number_is_missing(
        self, knower: Keeper, auth: Auth, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await knower._catch_up()
        monkeypatch.setattr(keeper, "_ASK_SECONDS", 3600)
        missed, heard = uuid4(), uuid4()
        async with running(follow=knower.follow):
            auth.revoke(missed)
            await knower._hear(Envelope.wrap(auth.revoke(heard), source="auth"))
            await until(lambda: revoked(knower, missed), within=30)

        assert revoked(knower, heard)
        assert auth.asked == [0, 0]

    async def test_asks_for_everything_after_a_restore(self, knower: Keeper, auth: Auth) -> None:
        for _ in range(3):
            auth.revoke(uuid4())
        await knower._catch_up()
        session_id = uuid4()
        auth.epoch, auth.items = uuid4(), []
        auth.revoke(session_id)

        await knower._catch_up()

        assert auth.asked == [0, 3, 0]
        assert revoked(knower, session_id)
        assert knower.revocations.sequence == 1

    async def test_goes_on_with_what_it_knows_while_auth_is_away_and_says_so(self, knower: Keeper, auth: Auth) -> None:
        session_id = uuid4()
        auth.revoke(session_id)
        auth.away = True
        await knower._catch_up()
        with pytest.raises(ServiceUnavailable):
            await knower.check()
        assert knower.report() == {"listening": False, "staleness": None, "lag": 0.0}

        auth.away = False
        await knower._catch_up()
        auth.away = True
        await knower._catch_up()

        await knower.check()
        assert revoked(knower, session_id)
        assert 0 <= knower.report()["staleness"] < 30


class TestBeWatched:
    async def test_tells_the_same_where_prometheus_asks(self, knower: Keeper, auth: Auth) -> None:
        registry = CollectorRegistry()
        knower.be_watched(partial(metrics.watch, registry))

        def told(figure: str) -> float | None:
            return registry.get_sample_value(f"revocations_{figure}")

        assert (told("staleness_seconds"), told("lag_seconds"), told("listening")) == (float("inf"), 0, 0)

        await knower._catch_up()
        auth.revoke(uuid4())
        await knower._hear(Envelope.wrap(auth.revoke(uuid4()), source="auth"))
        knower._miss()

        assert 0 <= (told("staleness_seconds") or 0) < 30
        assert (told("lag_seconds") or 0) == knower.revocations.lag > 0
        assert told("listening") == 1


class TestKept:
    async def test_knows_without_a_bus(self, event_signatures: SignatureVerifier) -> None:
        before, after = uuid4(), uuid4()
        auth = Service(revocations=revocations(before))
        async with serving(auth) as port:
            settings = RevocationSettings(url=f"http://127.0.0.1:{port}/revocations.json")
            async with keeper.kept(settings, NOWHERE, event_signatures, name="test") as kept:
                await until(lambda: kept.revocations.known, within=30)
                assert revoked(kept, before)
                auth.revocations = revocations(before, after)
                await until(lambda: revoked(kept, after), within=30)


class TestHeard:
    def test_is_what_auth_publishes(self, auth: Auth) -> None:
        published = auth.revoke(uuid4())

        assert published.type == EVENT_TYPE
        assert keeper.Heard.model_validate(published.model_dump(mode="json")).model_dump() == published.model_dump(
            exclude={"reason"}
        )
