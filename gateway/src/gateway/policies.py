"""How many requests whom is allowed in which time. Data: a new limit is a new row."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

# Whose requests one count holds: those of a signed-in person; of an address, while nobody is signed in; of an
# address, whoever it is; of the signed-in session a refresh cookie names (of the address, without one).
Counted = Literal["user", "guest", "address", "session"]

_QUOTA = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    quota: int
    seconds: int
    counted: Counted
    # What it counts are guesses at secrets: stricter while each gateway counts alone.
    guards: bool = False

    @property
    def alone(self) -> "Policy":
        """The policy of a gateway that does not know what the others have counted."""
        return replace(self, quota=max(1, self.quota // 2)) if self.guards else self

    # Microseconds after which one more request is allowed, and those a caller may be ahead: the whole quota at once.
    interval: int = field(init=False)
    capacity: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "interval", self.seconds * 1_000_000 // self.quota)
        object.__setattr__(self, "capacity", self.interval * self.quota)


DEFAULTS = (
    Policy("user", 600, 60, "user"),
    Policy("address", 600, 60, "guest"),
    Policy("address-total", 60_000, 60, "address"),
    Policy("sign-in", 30, 60, "address", guards=True),
    Policy("registration", 30, 3600, "address"),
    Policy("reset", 30, 3600, "address", guards=True),
    Policy("refresh", 60, 60, "session"),
)
# The ones that count every request; the others count where a route names them.
ALWAYS = ("user", "address", "address-total")


def with_quotas(quotas: Mapping[str, str]) -> dict[str, Policy]:
    """The policies by name, some with another quota: `{"sign_in": "30/60"}` is 30 requests in 60 seconds."""
    policies = {policy.name: policy for policy in DEFAULTS}
    for key, quota in quotas.items():
        name = key.lower().replace("_", "-")
        if name not in policies:
            raise ValueError(f"there is no limit {name}; there are {', '.join(policies)}")
        requests, seconds = _parse(quota)
        policies[name] = replace(policies[name], quota=requests, seconds=seconds)
    return policies


def _parse(quota: str) -> tuple[int, int]:
    match = _QUOTA.fullmatch(quota)
    if match is None:
        raise ValueError(f"{quota!r} is not a quota: write requests/seconds, such as 600/60")
    requests, seconds = map(int, match.groups())
    if requests > seconds * 1_000_000:
        raise ValueError("a quota cannot be finer than a request a microsecond")
    return requests, seconds


def describe(policies: Iterable[Policy]) -> bytes:
    """The value of `RateLimit-Policy`."""
    return ", ".join(f'"{policy.name}";q={policy.quota};w={policy.seconds}' for policy in policies).encode()
