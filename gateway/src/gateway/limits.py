"""Which policies count a request, whose count it is, and what the caller is told about it."""

import hashlib
from collections.abc import Iterable, Mapping

from gateway.callers import Caller
from gateway.errors import QuotaExceeded
from gateway.gcra import Charge, Verdict, remaining, wait
from gateway.hygiene import Header, Inbound
from gateway.policies import ALWAYS, Policy, describe
from gateway.rate_limit import RateLimiter
from gateway.routes import Route

_MICROSECONDS = 1_000_000
_REFRESH_COOKIE = b"daybook_refresh"
# 16 bytes in base64url.
_SESSION_CHARACTERS = 22


# The policies that count a request, and how `RateLimit-Policy` describes them.
_Plan = tuple[tuple[Policy, ...], bytes]


class Limits:
    """Counts requests. `charge` gives what the answer must say about quotas, or raises QuotaExceeded."""

    def __init__(self, limiter: RateLimiter, policies: Mapping[str, Policy]) -> None:
        self._limiter, self._policies = limiter, policies
        # By the names of a route's own policies, whether somebody is signed in, and whether the counts are those of
        # all gateways: made once, used every time.
        self._plans: dict[tuple[tuple[str, ...], bool, bool], _Plan] = {}

    async def charge(self, inbound: Inbound, route: Route, caller: Caller) -> list[Header]:
        signed_in = caller.principal is not None
        policies, description = self._plan(route.limits, signed_in=signed_in, shared=self._limiter.shared)
        charges = [Charge(policy, _key(policy, inbound, caller)) for policy in policies]
        verdict = await self._limiter.charge(charges)
        headers = [(b"ratelimit-policy", description), (b"ratelimit", _describe(charges, verdict))]
        if not verdict.allowed:
            raise _refusal(charges, verdict, headers)
        return headers

    def _plan(self, names: tuple[str, ...], *, signed_in: bool, shared: bool) -> _Plan:
        plan = self._plans.get((names, signed_in, shared))
        if plan is None:
            named = (self._policies[name] for name in (*names, *ALWAYS))
            policies = tuple(policy if shared else policy.alone for policy in _that_apply(named, signed_in=signed_in))
            plan = self._plans[names, signed_in, shared] = (policies, describe(policies))
        return plan


def _that_apply(policies: Iterable[Policy], *, signed_in: bool) -> Iterable[Policy]:
    left_out = "guest" if signed_in else "user"
    return (policy for policy in policies if policy.counted != left_out)


def _key(policy: Policy, inbound: Inbound, caller: Caller) -> str:
    if policy.counted == "user" and caller.principal is not None:
        return f"limit:{policy.name}:{caller.principal.id}"
    if policy.counted == "session" and (session := _session(inbound)):
        return f"limit:{policy.name}:{session}"
    return f"limit:{policy.name}:{caller.network}"


def _session(inbound: Inbound) -> str | None:
    """A name for the session of the refresh cookie. Its token begins with the session's id and changes after it;
    where it does not, this counts by token, and the policies of the address hold all the same.
    """
    for cookie in b";".join(inbound.cookies).split(b";"):
        name, _, value = cookie.strip().partition(b"=")
        if name.removeprefix(b"__Host-").startswith(_REFRESH_COOKIE) and value:
            # Hashed: what is in Redis must not help anybody to be somebody.
            return hashlib.sha256(value[:_SESSION_CHARACTERS]).hexdigest()[:32]
    return None


def _describe(charges: Iterable[Charge], verdict: Verdict) -> bytes:
    """The value of `RateLimit`: requests left right now, and seconds until all of the quota is there again."""
    return ", ".join(
        [
            f'"{policy.name}";r={remaining(policy, debt)};t={-(-debt // _MICROSECONDS)}'
            for (policy, _), debt in zip(charges, verdict.debts, strict=True)
        ]
    ).encode()


def _refusal(charges: Iterable[Charge], verdict: Verdict, headers: Iterable[Header]) -> QuotaExceeded:
    waits = {policy.name: wait(policy, debt) for (policy, _), debt in zip(charges, verdict.debts, strict=True)}
    problem = QuotaExceeded(
        [name for name, microseconds in waits.items() if microseconds],
        retry_after=-(-max(waits.values()) // _MICROSECONDS),
    )
    problem.headers |= {name.decode(): value.decode() for name, value in headers}
    return problem
