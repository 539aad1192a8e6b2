"""Which policies count a request, whose count it is, and what the caller is told about it."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping

from gateway.callers import Caller
from gateway.errors import QuotaExceeded
from gateway.gcra import Charge, Verdict, remaining, wait
from gateway.hygiene import Header, Inbound
from gateway.policies import Counted, Policy, describe
from gateway.rate_limit import RateLimiter
from gateway.routes import Route
from gateway.settings import CookieSettings

_MICROSECONDS = 1_000_000
# 16 bytes in base64url.
_SESSION_CHARACTERS = 22


# The policies that count a request, and how `RateLimit-Policy` describes them.
_Plan = tuple[tuple[Policy, ...], bytes]


# What decides which policies apply: those a route names; whether somebody is signed in, whether that is a program, and
# whether the body names an account; whether the counts are those of all gateways.
_Circumstances = tuple[tuple[str, ...], bool, bool, bool, bool]


class Limits:
    """Counts requests. `charge` gives what the answer must say about quotas, or raises QuotaExceeded."""

    def __init__(self, limiter: RateLimiter, policies: Mapping[str, Policy], cookies: CookieSettings) -> None:
        self._limiter, self._policies, self._cookies = limiter, policies, cookies
        self._always = tuple(policy.name for policy in policies.values() if policy.always)
        # Made once, used every time.
        self._plans: dict[_Circumstances, _Plan] = {}

    async def charge(
        self, inbound: Inbound, route: Route, caller: Caller, *, account: str | None = None
    ) -> list[Header]:
        """`account` is whom the body of the request names."""
        policies, description = self._plan(
            (route.limits, caller.principal is not None, caller.is_program, bool(account), self._limiter.shared)
        )
        if not policies:  # a table may leave a route to itself
            return []
        charges = [Charge(policy, self._key(policy, inbound, caller, account)) for policy in policies]
        verdict = await self._limiter.charge(charges)
        headers = [(b"ratelimit-policy", description), (b"ratelimit", _describe(charges, verdict))]
        if not verdict.allowed:
            raise _refusal(charges, verdict, headers)
        return headers

    def _plan(self, circumstances: _Circumstances) -> _Plan:
        plan = self._plans.get(circumstances)
        if plan is None:
            names, signed_in, is_program, has_account, shared = circumstances
            left_out = _left_out(signed_in=signed_in, is_program=is_program, has_account=has_account)
            named = (self._policies[name] for name in dict.fromkeys((*names, *self._always)))
            policies = tuple(policy if shared else policy.alone for policy in named if policy.counted not in left_out)
            plan = self._plans[circumstances] = (policies, describe(policies))
        return plan

    def _key(self, policy: Policy, inbound: Inbound, caller: Caller, account: str | None) -> str:
        return f"limit:{policy.name}:{self._whose(policy.counted, inbound, caller, account)}"

    def _whose(self, counted: Counted, inbound: Inbound, caller: Caller, account: str | None) -> str:
        if caller.principal is not None and counted == "user":
            return str(caller.principal.id)
        if caller.principal is not None and counted == "program":
            return str(caller.principal.session_id)
        if counted == "account" and account:
            return _account(account, _cookie(inbound, self._cookies.device_name))
        if counted == "session" and (value := _cookie(inbound, self._cookies.name)):
            # Its token begins with the session's id and changes after it; where it does not, this counts by token, and
            # the policies of the address hold all the same.
            return _hidden(value[:_SESSION_CHARACTERS])
        return caller.network


def _left_out(*, signed_in: bool, is_program: bool, has_account: bool) -> set[Counted]:
    left_out: set[Counted] = {"guest"} if signed_in else {"user"}
    if not is_program:
        left_out.add("program")
    if not has_account:
        left_out.add("account")
    return left_out


def _account(account: str, device: bytes) -> str:
    """Different spellings of one name are one account. A browser that was here before counts by itself, so that
    nobody is kept out by others who guess at their password.

    Whether it really was, only the service finds out: whoever makes up a cookie for each guess is not counted together
    here, and gains nothing. The service takes such a cookie for none, and counts exactly, before it tries a password.
    """
    name = unicodedata.normalize("NFKC", account).strip().casefold()
    return _hidden(name.encode("utf-8", "surrogatepass") + b"\0" + device)


def _cookie(inbound: Inbound, called: str) -> bytes:
    names = called.encode(), b"__Host-" + called.encode()
    for cookie in b";".join(inbound.cookies).split(b";"):
        name, _, value = cookie.strip().partition(b"=")
        if name in names and value:
            return value
    return b""


def _hidden(value: bytes) -> str:
    """What is in Redis must not help anybody to be somebody."""
    return hashlib.sha256(value).hexdigest()[:32]


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
