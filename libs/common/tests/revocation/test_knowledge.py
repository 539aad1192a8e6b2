import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.support.servers import Service, serving
from tests.support.tokens import Issuer, new_key

from chassis import tokens
from chassis.principals import Principal
from chassis.problems import ServiceUnavailable, Unauthenticated
from chassis.revocation.knowledge import Revocation, Revocations, Snapshot
from chassis.settings import TokenSettings
from chassis.tokens import TokenVerifier

EPOCH = uuid4()


def somebody(
    user_id: UUID | None = None, session_id: UUID | None = None, issued: float = 0, *, key_id: str | None = "ours"
) -> Principal:
    return Principal(
        id=user_id or uuid4(),
        session_id=session_id or uuid4(),
        scopes=frozenset(),
        issued_at=int(issued or time.time()),
        expires_at=int(time.time()) + 300,
        key_id=key_id,
    )


def of_session(sequence: int, session_id: UUID, *, holds: float = 600) -> Revocation:
    until = datetime.now(UTC) + timedelta(seconds=holds)
    return Revocation(sequence=sequence, user_id=uuid4(), session_id=session_id, not_before=None, until=until)


def of_person(sequence: int, user_id: UUID, not_before: datetime) -> Revocation:
    until = datetime.now(UTC) + timedelta(seconds=600)
    return Revocation(sequence=sequence, user_id=user_id, session_id=None, not_before=not_before, until=until)


def of_key(sequence: int, kid: str, *, holds: float = 600) -> Revocation:
    return of_session(sequence, UUID(int=0), holds=holds).model_copy(update={"user_id": UUID(int=0), "kid": kid})


def learn(revocations: Revocations, sequence: int, *items: Revocation, epoch: UUID = EPOCH) -> None:
    snapshot = Snapshot(epoch=epoch, sequence=sequence, items=list(items))
    revocations.learn(snapshot, asked_at=time.monotonic())


@pytest.fixture
def revocations() -> Revocations:
    revocations = Revocations()
    learn(revocations, 5)
    return revocations


class TestIsRevoked:
    def test_cannot_be_said_before_anything_is_known(self) -> None:
        with pytest.raises(ServiceUnavailable):
            Revocations().is_revoked(somebody())

    def test_is_said_of_one_session_and_of_no_other_of_that_person(self, revocations: Revocations) -> None:
        user_id, session_id = uuid4(), uuid4()
        learn(revocations, 6, of_session(6, session_id))

        assert revocations.is_revoked(somebody(user_id, session_id))
        assert not revocations.is_revoked(somebody(user_id))

    def test_is_said_of_what_a_person_was_given_before_a_moment(self, revocations: Revocations) -> None:
        user_id, moment = uuid4(), datetime.now(UTC)
        learn(revocations, 6, of_person(6, user_id, moment))

        assert revocations.is_revoked(somebody(user_id, issued=moment.timestamp() - 1))
        assert not revocations.is_revoked(somebody(user_id, issued=moment.timestamp() + 1))
        assert not revocations.is_revoked(somebody(issued=moment.timestamp() - 1))

    def test_is_said_of_all_that_a_key_has_signed_and_of_nothing_else(self, revocations: Revocations) -> None:
        learn(revocations, 6, of_key(6, "lost"))

        assert revocations.is_revoked(somebody(key_id="lost"))
        assert not revocations.is_revoked(somebody(key_id="ours"))
        assert not revocations.is_revoked(somebody(session_id=UUID(int=0), key_id=None))

    def test_is_said_of_a_key_for_ever(self, revocations: Revocations) -> None:
        """What somebody else signs with it may say that it holds for years, and be remembered as good."""
        learn(revocations, 6, of_key(6, "lost", holds=-1))
        learn(revocations, 7, of_session(7, uuid4()))

        assert revocations.is_revoked(somebody(key_id="lost"))


class TestHear:
    def test_follows_numbers_without_a_gap(self, revocations: Revocations) -> None:
        heard = [revocations.hear(EPOCH, of_session(number, uuid4())) for number in (6, 7, 7, 3, 8)]

        assert heard == [True] * 5
        assert revocations.sequence == 8

    def test_notices_a_gap_and_refuses_what_it_heard_all_the_same(self, revocations: Revocations) -> None:
        session_id = uuid4()

        assert not revocations.hear(EPOCH, of_session(7, session_id))
        assert revocations.is_revoked(somebody(session_id=session_id))
        assert not revocations.hear(EPOCH, of_session(8, uuid4()))
        learn(revocations, 8, of_session(6, uuid4()))
        assert revocations.hear(EPOCH, of_session(9, uuid4()))

    def test_notices_another_epoch(self, revocations: Revocations) -> None:
        restored = uuid4()

        assert not revocations.hear(restored, of_session(6, uuid4()))
        learn(revocations, 6, epoch=restored)
        assert revocations.hear(restored, of_session(7, uuid4()))

    def test_is_not_set_back_by_an_answer_that_took_longer(self, revocations: Revocations) -> None:
        revocations.hear(EPOCH, of_session(6, uuid4()))
        learn(revocations, 5)

        assert revocations.sequence == 6


class TestLearn:
    def test_keeps_what_was_revoked_before_a_restore(self, revocations: Revocations) -> None:
        session_id = uuid4()
        learn(revocations, 6, of_session(6, session_id))
        learn(revocations, 2, epoch=uuid4())

        assert revocations.sequence == 2
        assert revocations.is_revoked(somebody(session_id=session_id))

    def test_forgets_what_no_token_is_concerned_by(self, revocations: Revocations) -> None:
        over, holds = uuid4(), uuid4()
        learn(revocations, 7, of_session(6, over, holds=-1), of_session(7, holds))

        assert not revocations.is_revoked(somebody(session_id=over))
        assert revocations.is_revoked(somebody(session_id=holds))
        assert len(revocations._by_session) == 1

    def test_says_since_when_it_is_complete(self) -> None:
        revocations = Revocations()
        assert revocations.staleness == float("inf")

        revocations.learn(Snapshot(epoch=EPOCH, sequence=0, items=[]), asked_at=time.monotonic() - 3)

        assert 3 <= revocations.staleness < 4


class TestOnRevoked:
    def test_tells_each_once_until_nobody_listens(self, revocations: Revocations) -> None:
        told: list[Revocation] = []
        first, second, third = (of_session(number, uuid4()) for number in (6, 7, 8))
        end = revocations.on_revoked(told.append)

        revocations.hear(EPOCH, first)
        learn(revocations, 7, first, second)
        end()
        end()
        revocations.hear(EPOCH, third)

        assert told == [first, second]


async def accepted_after(verifier: TokenVerifier, token: str, forged: str) -> float:
    """Seconds until a token is taken, while somebody shows others whose key they have made up."""
    began = time.monotonic()
    async with asyncio.timeout(9):
        while True:
            with pytest.raises(Unauthenticated):
                await verifier.verify(forged)
            with suppress(Unauthenticated):
                await verifier.verify(token)
                return time.monotonic() - began
            await asyncio.sleep(0.01)


class TestOnKeyRevoked:
    def test_hears_of_keys_only_and_only_until_it_is_ended(self, revocations: Revocations) -> None:
        heard: list[int] = []
        end = revocations.on_key_revoked(lambda: heard.append(revocations.sequence))

        learn(revocations, 6, of_session(6, uuid4()))
        assert not heard
        lost = of_key(7, "lost")
        learn(revocations, 7, lost)
        # What is known already is no news.
        revocations.hear(EPOCH, lost)
        assert len(heard) == 1
        end()
        learn(revocations, 8, of_key(8, "lost too"))
        assert len(heard) == 1

    async def test_verifiers_know_the_successors_of_two_within_a_second_each(
        self, revocations: Revocations, token_issuer: Issuer
    ) -> None:
        auth, began = Service(jwks={"keys": [token_issuer.public_jwk]}), time.monotonic()
        forged = replace(token_issuer, key=new_key(), kid="invented").sign(uuid4())
        async with serving(auth) as port:
            settings = TokenSettings(issuer=token_issuer.settings.issuer, jwks_url=f"http://127.0.0.1:{port}/jwks.json")
            async with tokens.connect(settings, revocations) as verifier:
                await accepted_after(verifier, token_issuer.sign(uuid4()), forged)
                for number, kid in ((6, "second"), (7, "third")):
                    successor = replace(token_issuer, kid=kid)
                    auth.jwks = {"keys": [successor.public_jwk]}
                    revocations.hear(EPOCH, of_key(number, f"before the {kid}"))
                    assert await accepted_after(verifier, successor.sign(uuid4()), forged) < 1
        assert time.monotonic() - began < 3
