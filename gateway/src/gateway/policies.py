"""How many requests whom is allowed in which time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StrictInt

# Whose requests one count holds: those of a signed-in person; of a program that a person gave a token to; of an
# address, while nobody is signed in; of an address, whoever it is; of the signed-in session a refresh cookie names
# (of the address, without one); of the account a request body names, from wherever it comes.
Counted = Literal["user", "program", "guest", "address", "session", "account"]

_QUOTA = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Policy:
    __pydantic_config__ = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,30}$")]
    quota: Annotated[StrictInt, Field(ge=1, le=9_999_999)]
    seconds: Annotated[StrictInt, Field(ge=1, le=999_999)]
    counted: Counted
    # What it counts are guesses at secrets: stricter while each gateway counts alone.
    guards: StrictBool = False
    # Whether it counts every request, and not only those of routes that name it.
    always: StrictBool = False

    @property
    def alone(self) -> "Policy":
        """The policy of a gateway that does not know what the others have counted."""
        return replace(self, quota=max(1, self.quota // 2)) if self.guards else self

    # Microseconds after which one more request is allowed, and those a caller may be ahead: the whole quota at once.
    interval: int = field(init=False)
    capacity: int = field(init=False)

    def __post_init__(self) -> None:
        interval = self.seconds * 1_000_000 // self.quota
        if not interval:
            raise ValueError("a quota cannot be finer than a request a microsecond")
        object.__setattr__(self, "interval", interval)
        object.__setattr__(self, "capacity", interval * self.quota)


def with_quotas(policies: Mapping[str, Policy], quotas: Mapping[str, str]) -> dict[str, Policy]:
    """The same policies, some with another quota: `{"sign_in": "30/60"}` is 30 requests in 60 seconds."""
    changed = dict(policies)
    for key, quota in quotas.items():
        name = key.lower().replace("_", "-")
        if name not in changed:
            raise ValueError(f"there is no limit {name}; there are {', '.join(changed)}")
        requests, seconds = _parse(quota)
        changed[name] = replace(changed[name], quota=requests, seconds=seconds)
    return changed


def _parse(quota: str) -> tuple[int, int]:
    match = _QUOTA.fullmatch(quota)
    if match is None:
        raise ValueError(f"{quota!r} is not a quota: write requests/seconds, such as 600/60")
    requests, seconds = map(int, match.groups())
    return requests, seconds


def describe(policies: Iterable[Policy]) -> bytes:
    """The value of `RateLimit-Policy`."""
    return ", ".join(f'"{policy.name}";q={policy.quota};w={policy.seconds}' for policy in policies).encode()
