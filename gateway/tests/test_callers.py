import time
from typing import Any
from uuid import uuid4

import pytest
from tests.support.tokens import (
    FORGERIES,
    Forgery,
    Issuer,
    SignToken,
    from_another_issuer,
    with_an_unknown_key_id,
)

from chassis.key_sets import KeySet
from chassis.revocation.knowledge import Revocations
from chassis.settings import TokenSettings
from chassis.tokens import TokenVerifier
from gateway import hygiene
from gateway.callers import Caller, Callers, network_of


def inbound(*headers: tuple[bytes, bytes], peer: str = "198.51.100.7") -> hygiene.Inbound:
    scope: dict[str, Any] = {
        "method": "GET",
        "raw_path": b"/todos",
        "query_string": b"",
        "scheme": "http",
        "client": (peer, 1),
        "headers": [(b"host", b"api.test"), *headers],
    }
    return hygiene.read(scope)


@pytest.fixture
async def verifier(token_verifier: TokenVerifier, key_set: KeySet) -> TokenVerifier:
    await key_set.refresh()
    return token_verifier


class TestAddress:
    @pytest.mark.parametrize(
        "hops, forwarded, address",
        [
            (0, [b"192.0.2.1"], "198.51.100.7"),
            (1, [], "198.51.100.7"),
            (1, [b"192.0.2.1"], "192.0.2.1"),
            (1, [b"203.0.113.9, 192.0.2.1"], "192.0.2.1"),
            (1, [b"203.0.113.9", b"192.0.2.1"], "192.0.2.1"),
            (2, [b"203.0.113.9, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
            (2, [b"192.0.2.1"], "198.51.100.7"),
            (1, [b"2001:db8::1"], "2001:db8::1"),
            (1, [b"<script>"], "198.51.100.7"),
            (1, [b"192.0.2.1, "], "198.51.100.7"),
        ],
    )
    async def test_is_what_the_outermost_trusted_proxy_saw(
        self, verifier: TokenVerifier, hops: int, forwarded: list[bytes], address: str
    ) -> None:
        headers = [(b"x-forwarded-for", value) for value in forwarded]
        caller = await Callers(verifier, trusted_hops=hops).identify(inbound(*headers))
        assert caller.address == address

    async def test_scheme_and_host_are_believed_of_a_proxy_only(self, verifier: TokenVerifier) -> None:
        said = inbound((b"x-forwarded-proto", b"https"), (b"x-forwarded-host", b"daybook.example"))
        behind = await Callers(verifier, trusted_hops=1).identify(said)
        assert (behind.scheme, behind.host) == (b"https", b"daybook.example")
        alone = await Callers(verifier, trusted_hops=0).identify(said)
        assert (alone.scheme, alone.host) == (b"http", b"api.test")

    async def test_nonsense_of_a_proxy_is_not_passed_on(self, verifier: TokenVerifier) -> None:
        said = inbound((b"x-forwarded-proto", b"gopher"), (b"x-forwarded-host", b"a/b"))
        caller = await Callers(verifier, trusted_hops=1).identify(said)
        assert (caller.scheme, caller.host) == (b"http", b"api.test")

    @pytest.mark.parametrize(
        "address, network",
        [
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("", ""),
        ],
    )
    def test_one_ipv6_customer_is_one_caller(self, address: str, network: str) -> None:
        assert network_of(address) == network


class TestPrincipal:
    async def identify(self, verifier: TokenVerifier, authorization: str) -> Caller:
        return await Callers(verifier, trusted_hops=0).identify(inbound((b"authorization", authorization.encode())))

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer ", "Bearer  "])
    async def test_is_whose_token_is_shown(self, verifier: TokenVerifier, sign_token: SignToken, scheme: str) -> None:
        user_id = uuid4()
        caller = await self.identify(verifier, f"{scheme} {sign_token(user_id)}")
        assert caller.principal is not None
        assert caller.principal.id == user_id

    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    async def test_is_nobody_for_a_forged_token(
        self, verifier: TokenVerifier, token_issuer: Issuer, forge: Forgery
    ) -> None:
        caller = await self.identify(verifier, f"Bearer {forge(token_issuer, uuid4())}")
        assert caller.principal is None
        # Somebody may know that key or that issuer already.
        assert caller.shown == ("unproven" if forge in {with_an_unknown_key_id, from_another_issuer} else "bad")

    @pytest.mark.parametrize(
        "authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer é", "Bearer a b", "a.b.c"]
    )
    async def test_is_nobody_for_anything_else(self, verifier: TokenVerifier, authorization: str) -> None:
        caller = await self.identify(verifier, authorization)
        assert caller.principal is None
        assert caller.shown == ("bad" if authorization == "Bearer a b" else "nothing")

    @pytest.mark.parametrize(
        "issued, expires, known", [(25, 325, True), (-325, -25, True), (35, 335, False), (-335, -35, False)]
    )
    async def test_is_known_though_clocks_differ_by_less_than_half_a_minute(
        self, verifier: TokenVerifier, sign_token: SignToken, issued: int, expires: int, known: bool
    ) -> None:
        now, user_id = int(time.time()), uuid4()
        token = sign_token(user_id, iat=now + issued, exp=now + expires)
        principal = (await self.identify(verifier, f"Bearer {token}")).principal
        assert (principal is not None and principal.id == user_id) == known

    @pytest.mark.parametrize("scope, is_program", [("todos:read todos:write account", False), ("todos:read", True)])
    async def test_of_a_program_opens_no_account(
        self, verifier: TokenVerifier, sign_token: SignToken, scope: str, is_program: bool
    ) -> None:
        caller = await self.identify(verifier, f"Bearer {sign_token(uuid4(), scope=scope)}")
        assert caller.is_program == is_program
        assert caller.principal is not None
        assert caller.name == str(caller.principal.id)

    async def test_is_nobody_while_it_is_not_known_who_has_signed_out(
        self, token_settings: TokenSettings, key_set: KeySet, sign_token: SignToken
    ) -> None:
        await key_set.refresh()
        caller = await self.identify(
            TokenVerifier(token_settings, key_set, Revocations()), f"Bearer {sign_token(uuid4())}"
        )
        assert (caller.principal, caller.shown) == (None, "unproven")

    async def test_is_nobody_as_long_as_there_are_no_keys(
        self, token_verifier: TokenVerifier, sign_token: SignToken
    ) -> None:
        caller = await self.identify(token_verifier, f"Bearer {sign_token(uuid4())}")
        assert (caller.principal, caller.shown) == (None, "unproven")
