"""How many failures are free, how fast they are forgotten, and how the wait grows after that. Data, and its rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted under one key. Failures fade, so they are no whole number."""

    failures: float
    at: datetime
    # When the next attempt may be made.
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Budget:
    name: str
    # So many attempts may fail in a row; after the last of them the waiting begins.
    free: int
    # One failure is forgotten in so many seconds.
    forgotten_in: float
    # The first wait; it doubles with each further failure.
    first_wait: float
    longest_wait: float

    def spend(self, tally: Tally, now: datetime) -> Tally | None:
        """The tally after one more attempt, taken for a failure until it is known; None while it has to wait."""
        if now < tally.next_at:
            return None
        failures = self._faded(tally, now) + 1
        excess = self._excess(failures)
        wait = 0 if excess < 0 else min(self.longest_wait, self.first_wait * 2 ** min(excess, 30))
        return Tally(failures, now, now + timedelta(seconds=wait))

    def return_one(self, tally: Tally, now: datetime) -> Tally:
        """The tally when an attempt turns out to have been right: as if it had not been made."""
        failures = max(0.0, self._faded(tally, now) - 1)
        return Tally(failures, now, now if self._excess(failures) < 0 else tally.next_at)

    def _excess(self, failures: float) -> int:
        # Rounded: five within a second are five, although the first has begun to fade.
        return round(failures) - self.free

    def _faded(self, tally: Tally, now: datetime) -> float:
        passed = max(0.0, (now - tally.at).total_seconds())
        return max(0.0, tally.failures - passed / self.forgotten_in)


# Five in a quarter of an hour. Who goes on for a day gets about a hundred tries.
ACCOUNT = Budget("account", free=5, forgotten_in=900, first_wait=5, longest_wait=900)
# A browser that has signed in to this account before has tries of its own: whoever attacks the account from
# elsewhere does not keep its owner out.
DEVICE = Budget("device", free=10, forgotten_in=300, first_wait=5, longest_wait=900)
# Many people may share an address.
ADDRESS = Budget("address", free=50, forgotten_in=18, first_wait=2, longest_wait=300)
# Guesses that are spread over many accounts and addresses. The wait is short, for it is everybody's.
EVERYBODY = Budget("everybody", free=2000, forgotten_in=0.5, first_wait=1, longest_wait=4)
# The password again, of somebody whose access token may be in a thief's hands.
CONFIRMATION = Budget("confirmation", free=5, forgotten_in=900, first_wait=5, longest_wait=900)
# A code of six digits, of somebody who knows the password. Who goes on for a day gets about thirty tries at three
# codes in a million.
SECOND_FACTOR = Budget("second_factor", free=5, forgotten_in=3600, first_wait=30, longest_wait=3600)
