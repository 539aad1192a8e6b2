import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import uuid4

import jwt
import pytest
from sqlalchemy import select

from auth_service.audit.kinds import Kind
from auth_service.audit.models import EntryRow
from auth_service.keys import repository, rotation
from auth_service.keys.errors import CannotRotateError, NextKeyTooYoungError
from auth_service.keys.models import KeyState
from auth_service.keys.repository import StoredKey
from auth_service.keys.rotation import PUBLISH_AHEAD
from auth_service.keys.service import SigningKeys
from auth_service.sessions.tokens import Mint
from auth_service.settings import KeySettings, SigningAlgorithm
from chassis.database import Database
from chassis.encryption import KeyRing
from chassis.key_sets import ALGORITHMS, KeySet
from chassis.problems import Problem
from chassis.settings import TokenSettings
from chassis.tokens import TokenVerifier

START = datetime(2026, 1, 1, tzinfo=UTC)
RSA, PSS, EDDSA = (KeySettings(algorithm=algorithm) for algorithm in ("RS256", "PS256", "EdDSA"))
MOMENT = timedelta(seconds=1)


async def keys_of(database: Database) -> dict[str, StoredKey]:
    """By state. Tests that look at several retiring keys list them themselves."""
    async with database.reads() as reads:
        return {key.state: key for key in await repository.list_keys(reads)}


@dataclass
class Keeper:
    """The worker's task, run whenever a test says."""

    database: Database
    ring: KeyRing

    async def tend(self, settings: KeySettings, at: datetime) -> dict[str, StoredKey]:
        await rotation.tend(self.database, self.ring, settings, at=at)
        return await keys_of(self.database)


@pytest.fixture
def keeper(keyless: Database, ring: KeyRing) -> Keeper:
    return Keeper(keyless, ring)


class TestTend:
    async def test_is_in_the_audit_log(self, keeper: Keeper) -> None:
        first = await keeper.tend(RSA, START)
        await keeper.tend(RSA, START + timedelta(days=90))

        async with keeper.database.reads() as reads:
            of_key = EntryRow.details["retiring"].astext == first[KeyState.ACTIVE].kid
            said = select(EntryRow.kind, EntryRow.user_id, EntryRow.details).where(of_key)
            [entry] = (await reads.execute(said)).all()
        assert (entry.kind, entry.user_id, entry.details["by"]) == (Kind.SIGNING_KEY_ROTATED, None, "schedule")
        assert entry.details["kid"] == first[KeyState.NEXT].kid

    async def test_leaves_keys_alone_until_they_are_ninety_days_old(self, keeper: Keeper) -> None:
        first = await keeper.tend(RSA, START)
        assert await keeper.tend(RSA, START + timedelta(days=90) - MOMENT) == first

        after = await keeper.tend(RSA, START + timedelta(days=90))

        assert after[KeyState.ACTIVE].kid == first[KeyState.NEXT].kid
        assert after[KeyState.RETIRING].kid == first[KeyState.ACTIVE].kid
        assert after[KeyState.NEXT].created_at == START + timedelta(days=90)

    async def test_keeps_no_private_half_of_a_key_that_signs_no_more(self, keeper: Keeper) -> None:
        await keeper.tend(RSA, START)
        after = await keeper.tend(RSA, START + timedelta(days=90))

        assert after[KeyState.RETIRING].private_key is None
        assert after[KeyState.ACTIVE].private_key is not None

    async def test_takes_a_retired_key_away_when_its_last_token_is_long_over(self, keeper: Keeper) -> None:
        await keeper.tend(RSA, START)
        rotated_at = START + timedelta(days=90)
        await keeper.tend(RSA, rotated_at)

        assert KeyState.RETIRING in await keeper.tend(RSA, rotated_at + timedelta(minutes=59))
        assert KeyState.RETIRING not in await keeper.tend(RSA, rotated_at + timedelta(minutes=61))

    async def test_keeps_its_public_half_for_events_that_wait(self, keeper: Keeper) -> None:
        kid = (await keeper.tend(RSA, START))[KeyState.ACTIVE].kid
        rotated_at = START + timedelta(days=90)
        await keeper.tend(RSA, rotated_at)
        retired = (await keeper.tend(RSA, rotated_at + timedelta(hours=2)))[KeyState.RETIRED]

        signing = SigningKeys(keeper.database, keeper.ring)
        await signing.read()
        assert retired.kid == kid
        assert kid not in {key["kid"] for key in signing.published["keys"]}
        assert kid in {key["kid"] for key in signing.proving_events["keys"]}

        assert KeyState.RETIRED not in await keeper.tend(RSA, rotated_at + timedelta(days=91))

    @pytest.mark.parametrize("settings", [PSS, EDDSA], ids=lambda settings: settings.algorithm)
    async def test_changes_the_algorithm_as_soon_as_everybody_knows_the_new_key(
        self, keeper: Keeper, settings: KeySettings
    ) -> None:
        await keeper.tend(RSA, START)
        later = START + timedelta(days=1)

        before = await keeper.tend(settings, later)
        assert (before[KeyState.ACTIVE].algorithm, before[KeyState.NEXT].algorithm) == ("RS256", settings.algorithm)
        assert await keeper.tend(settings, later + PUBLISH_AHEAD - MOMENT) == before

        after = await keeper.tend(settings, later + PUBLISH_AHEAD)
        assert after[KeyState.ACTIVE].kid == before[KeyState.NEXT].kid

    async def test_by_several_at_once_rotates_once(self, keeper: Keeper) -> None:
        first = await keeper.tend(RSA, START)
        due = START + timedelta(days=90)

        await asyncio.gather(*(rotation.tend(keeper.database, keeper.ring, RSA, at=due) for _ in range(4)))

        async with keeper.database.reads() as reads:
            states = sorted(key.state for key in await repository.list_keys(reads))
        assert states == ["active", "next", "retiring"]
        assert (await keys_of(keeper.database))[KeyState.ACTIVE].kid == first[KeyState.NEXT].kid


class TestRotate:
    async def test_is_refused_while_a_verifier_may_not_know_the_next_key(self, keeper: Keeper) -> None:
        before = await keeper.tend(RSA, START)
        with pytest.raises(NextKeyTooYoungError) as refused:
            async with keeper.database.transaction() as tx:
                await rotation.rotate(tx, at=START + MOMENT)

        assert refused.value.known_at == START + PUBLISH_AHEAD
        assert await keys_of(keeper.database) == before

    async def test_is_refused_without_a_next_key(self, keyless: Database) -> None:
        with pytest.raises(CannotRotateError):
            async with keyless.transaction() as tx:
                await rotation.rotate(tx, at=START)


class TestRevoke:
    async def test_lets_the_next_key_take_the_place_of_the_one_that_signs(self, keeper: Keeper) -> None:
        before = await keeper.tend(RSA, START)
        async with keeper.database.transaction() as tx:
            await rotation.revoke(tx, before[KeyState.ACTIVE].kid, at=START)

        after = await keys_of(keeper.database)
        assert after.keys() == {KeyState.ACTIVE}
        assert after[KeyState.ACTIVE].kid == before[KeyState.NEXT].kid

    async def test_of_a_key_nobody_has_changes_nothing(self, keeper: Keeper) -> None:
        before = await keeper.tend(RSA, START)
        with pytest.raises(CannotRotateError):
            async with keeper.database.transaction() as tx:
                await rotation.revoke(tx, "nobody-has-it", at=START)

        assert await keys_of(keeper.database) == before


class Clock:
    """The time of a whole system, which passes when a test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


class HttpCache:
    """What stands between auth and a verifier: it may keep the key set for as long as auth lets it."""

    def __init__(self, clock: Clock, keys: SigningKeys) -> None:
        self._clock, self._keys = clock, keys
        self._kept: tuple[float, dict[str, Any]] | None = None

    async def fetch(self) -> dict[str, Any]:
        if self._kept is None or self._clock() - self._kept[0] >= 300:
            self._kept = self._clock(), self._keys.published
        return self._kept[1]


@dataclass
class System:
    """Two processes that sign, three that verify, and people who never stop asking."""

    clock: Clock
    signers: list[SigningKeys]
    mints: list[Mint]
    verifiers: list[TokenVerifier]
    keeper: Keeper
    answered: int = 0
    failures: list[Problem] = field(default_factory=list)
    algorithms: list[str] = field(default_factory=list)

    @classmethod
    async def start(cls, keeper: Keeper, ring: KeyRing) -> "System":
        clock = Clock()
        await keeper.tend(RSA, clock.now)
        signers = [SigningKeys(keeper.database, ring) for _ in range(2)]
        for signer in signers:
            await signer.read()
        settings = TokenSettings(issuer="https://api.test", jwks_url="http://auth.test/jwks.json")
        mints = [Mint(signer, ring, issuer=settings.issuer, audience=settings.audience) for signer in signers]
        # Each behind another process and another cache, and none remembers what it has verified.
        verifiers = [
            TokenVerifier(settings, KeySet(HttpCache(clock, signer).fetch, clock=clock), remember=1)
            for signer in (*signers, signers[0])
        ]
        return cls(clock, signers, mints, verifiers, keeper)

    async def run(self, settings: KeySettings, *, minutes: int) -> None:
        """In steps of a minute, in which everything happens at once: reading, rotating, and four people's requests."""
        for _ in range(minutes):
            self.clock.seconds += 60
            await asyncio.gather(self.follow(settings), *(self.ask() for _ in range(4)))

    async def follow(self, settings: KeySettings) -> None:
        """The signers read before the keeper acts, so that each publishes what was true for a minute more."""
        for signer in self.signers:
            await signer.read()
        await self.keeper.tend(settings, self.clock.now)

    async def ask(self) -> None:
        mint = random.choice(self.mints)  # noqa: S311 (whichever process happens to answer)
        async with self.keeper.database.reads() as reads:
            token = (await mint.access_token(reads, user_id=uuid4(), session_id=uuid4())).text
        algorithm = jwt.get_unverified_header(token)["alg"]
        if algorithm not in self.algorithms:
            self.algorithms.append(algorithm)
        for verifier in self.verifiers:
            try:
                await verifier.verify(token)
                self.answered += 1
            except Problem as problem:
                self.failures.append(problem)


@pytest.mark.promise("P11")
class TestUnderLoad:
    async def test_two_rotations_to_other_algorithms_fail_no_request(self, keeper: Keeper, ring: KeyRing) -> None:
        system = await System.start(keeper, ring)
        for settings in (RSA, PSS, EDDSA):
            await system.run(settings, minutes=18)

        assert system.failures == []
        assert system.algorithms == ["RS256", "PS256", "EdDSA"]
        assert system.answered == 3 * 18 * 4 * 3

    async def test_notices_a_key_that_signs_before_everybody_knows_it(
        self, keeper: Keeper, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: without publishing ahead, the same load has to fail."""
        monkeypatch.setattr(rotation, "PUBLISH_AHEAD", timedelta(0))
        system = await System.start(keeper, ring)
        # The caches fill in the first minute; the new key signs before they are five minutes old.
        await system.run(RSA, minutes=1)
        await system.run(PSS, minutes=4)

        assert system.failures != []


def test_every_algorithm_is_one_that_verifiers_accept() -> None:
    assert frozenset(get_args(SigningAlgorithm)) == ALGORITHMS
