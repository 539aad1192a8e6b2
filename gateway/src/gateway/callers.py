"""Who is calling: an address, and the person whose token was shown."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chassis.principals import Principal
from chassis.problems import Problem, Unauthenticated
from chassis.tokens import Revoked, TokenVerifier, Unproven, bearer_token
from gateway.hygiene import Header, Inbound, is_host

_SCHEMES = frozenset({b"http", b"https"})
_ACCOUNT = "account"

# What is known here of the access token of a request: there is none; it is good; whether it is cannot be said, because
# its key, its issuer or who has signed out is not known; its session is over; no service takes it (it has been changed
# or has expired, or is no token).
Shown = Literal["nothing", "good", "unproven", "over", "bad"]


@dataclass(frozen=True, slots=True)
class Caller:
    address: str
    # Whether the browser's own connection is encrypted, as far as trusted proxies say.
    scheme: bytes
    host: bytes
    principal: Principal | None
    shown: Shown = "nothing"

    @property
    def is_program(self) -> bool:
        """Whether the token opens todos but not the account: one that a person made for a program, or a foreign one."""
        return self.principal is not None and _ACCOUNT not in self.principal.scopes

    @property
    def name(self) -> str:
        """Whose request it is, as far as is known."""
        return self.network if self.principal is None else str(self.principal.id)

    @property
    def network(self) -> str:
        """What an address's requests are counted by: one IPv6 customer has a whole /64."""
        return network_of(self.address)

    def headers(self) -> tuple[Header, ...]:
        return (
            (b"x-forwarded-for", self.address.encode()),
            (b"x-forwarded-proto", self.scheme),
            (b"x-forwarded-host", self.host),
        )


class Callers:
    """Tells callers apart. What proxies say about them is believed for as many proxies as there are."""

    def __init__(self, verifier: TokenVerifier, *, trusted_hops: int) -> None:
        self._verifier, self._trusted_hops = verifier, trusted_hops

    async def identify(self, inbound: Inbound) -> Caller:
        """Never refuses: a token that is not valid leaves a caller without a name. What follows, the route decides."""
        principal, shown = await self._principal(inbound.authorization)
        if not self._trusted_hops:
            return Caller(inbound.peer, inbound.scheme.encode(), inbound.host, principal, shown)
        scheme, host = _last(inbound, b"x-forwarded-proto"), _last(inbound, b"x-forwarded-host")
        return Caller(
            self._forwarded_address(inbound),
            scheme if scheme in _SCHEMES else inbound.scheme.encode(),
            host if is_host(host) else inbound.host,
            principal,
            shown,
        )

    async def _principal(self, authorization: bytes | None) -> tuple[Principal | None, Shown]:
        token = bearer_token(authorization)
        if token is None:
            return None, "nothing"
        # Without keys nobody waits for them here: the service that is asked will say what is the matter.
        if not self._verifier.keys.loaded:
            return None, "unproven"
        try:
            return await self._verifier.verify(token), "good"
        except Problem as problem:
            return None, _standing(problem)

    def _forwarded_address(self, inbound: Inbound) -> str:
        """The address that the outermost trusted proxy saw."""
        said = b",".join(inbound.forwarded.get(b"x-forwarded-for", ())).split(b",")
        if len(said) < self._trusted_hops:
            return inbound.peer
        address = said[-self._trusted_hops].strip().decode("latin-1")
        return address if _is_address(address) else inbound.peer


def _standing(problem: Problem) -> Shown:
    if isinstance(problem, Revoked):
        return "over"
    return "bad" if isinstance(problem, Unauthenticated) and not isinstance(problem, Unproven) else "unproven"


def _last(inbound: Inbound, name: bytes) -> bytes:
    values = inbound.forwarded.get(name)
    return values[-1].rpartition(b",")[2].strip() if values else b""


@lru_cache(maxsize=10_000)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
