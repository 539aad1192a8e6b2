"""What a process knows of revocations, and whether that is all there is."""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.principals import Principal
from chassis.problems import ServiceUnavailable


class Revocation(BaseModel):
    """Of one session; or, without one, of everything that was issued to a person before `not_before`; or, with a
    `kid`, of everything that this key of ours has signed, whoever and whatever the ids say.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int
    user_id: UUID
    session_id: UUID | None
    not_before: AwareDatetime | None
    until: AwareDatetime
    kid: str | None = None

    def concerns(self, principal: Principal) -> bool:
        if self.kid is not None:
            return principal.key_id == self.kid
        if self.session_id is not None:
            return principal.session_id == self.session_id
        return (
            principal.id == self.user_id
            and self.not_before is not None
            and principal.issued_at < self.not_before.timestamp()
        )


class Snapshot(BaseModel):
    """What auth answers: the revocations after a number, and how far the numbers go.

    Numbers have no gap and become visible in their order, so whoever knows one knows all before it. `epoch` is
    another one after a restore: what was numbered before then says nothing about what is numbered now.
    """

    model_config = ConfigDict(frozen=True)

    epoch: UUID
    sequence: int
    items: list[Revocation]


Listener = Callable[[Revocation], None]


class Revocations:
    """Asked with every request, so it is three look-ups. It holds as much as minutes of sign-outs: what was revoked is
    forgotten when the last token that it concerns has expired.
    """

    def __init__(self) -> None:
        self.epoch: UUID | None = None
        self.sequence = 0
        # Seconds that the latest revocation took to get here by the bus.
        self.lag = 0.0
        self._complete_at = float("-inf")
        self._by_session: dict[UUID | str, Revocation] = {}
        self._by_person: dict[UUID | str, Revocation] = {}
        # Never forgotten: whoever has a key signs tokens that hold for as long as they like.
        self._by_key: dict[UUID | str, Revocation] = {}
        self._listeners: dict[object, Listener] = {}

    @property
    def known(self) -> bool:
        return self.epoch is not None

    @property
    def staleness(self) -> float:
        """Seconds since auth last confirmed that this is all there is; infinite if it never did."""
        return time.monotonic() - self._complete_at

    def is_revoked(self, principal: Principal) -> bool:
        if self.epoch is None:
            # Somebody may have signed out while this process was starting: nobody is believed until that is known.
            raise ServiceUnavailable("It is not known yet which sessions have ended")
        if principal.session_id in self._by_session or principal.key_id in self._by_key:
            return True
        everything = self._by_person.get(principal.id)
        return everything is not None and everything.concerns(principal)

    def on_revoked(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with each revocation as it becomes known. Returns what ends that.

        For streams that stay open: they were let in with a token that is good no more.
        """
        ticket = object()
        self._listeners[ticket] = listener

        def end() -> None:
            self._listeners.pop(ticket, None)

        return end

    def on_key_revoked(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener whenever a key of ours turns out to be revoked. Returns what ends that."""

        def hear(revocation: Revocation) -> None:
            if revocation.kid is not None:
                listener()

        return self.on_revoked(hear)

    def hear(self, epoch: UUID, revocation: Revocation) -> bool:
        """Take in one from the bus. False if it does not follow on what is known: others were missed."""
        self._add([revocation])
        if epoch != self.epoch or revocation.sequence > self.sequence + 1:
            return False
        self.sequence = max(self.sequence, revocation.sequence)
        return True

    def learn(self, snapshot: Snapshot, *, asked_at: float) -> None:
        """Take in what auth says. `asked_at` (monotonic) is when it was asked."""
        self._add(snapshot.items)
        if snapshot.epoch == self.epoch:
            # The bus may have been quicker than the answer.
            self.sequence = max(self.sequence, snapshot.sequence)
        else:
            self.epoch, self.sequence = snapshot.epoch, snapshot.sequence
        self._complete_at = asked_at
        self._forget()

    def _add(self, revocations: Iterable[Revocation]) -> None:
        for each in revocations:
            known, key = self._place(each)
            if key not in known or known[key].until < each.until:
                known[key] = each
                for listener in list(self._listeners.values()):
                    listener(each)

    def _place(self, revocation: Revocation) -> tuple[dict[UUID | str, Revocation], UUID | str]:
        if revocation.kid is not None:
            return self._by_key, revocation.kid
        if revocation.session_id is not None:
            return self._by_session, revocation.session_id
        return self._by_person, revocation.user_id

    def _forget(self) -> None:
        """Oldest first, and no further than the first that still holds: nearly all are in the order of their ends."""
        now = time.time()
        for known in (self._by_session, self._by_person):
            while known and (oldest := next(iter(known.items())))[1].until.timestamp() < now:
                del known[oldest[0]]
