from pathlib import Path
from uuid import UUID, uuid4

import jwt
import pytest
from fastapi import FastAPI
from services.auth.tests.support import key_file

from auth_service.sessions.tokens import AccessToken, Mint, RefreshToken
from chassis.encryption import KeyRing


@pytest.fixture
def mint(app: FastAPI) -> Mint:
    mint: Mint = app.state.mint
    return mint


async def signed_by(mint: Mint, app: FastAPI, user_id: UUID, session_id: UUID) -> AccessToken:
    async with app.state.database.reads() as reads:
        return await mint.access_token(reads, user_id=user_id, session_id=session_id)


class TestAccessToken:
    async def test_is_what_rfc_9068_says_and_no_more(self, mint: Mint, app: FastAPI) -> None:
        user_id, session_id = uuid4(), uuid4()
        token = await signed_by(mint, app, user_id, session_id)

        assert jwt.get_unverified_header(token.text) == {
            "typ": "at+jwt",
            "alg": "RS256",
            "kid": app.state.keys.active[0],
        }
        claims = jwt.decode(token.text, options={"verify_signature": False})
        assert claims.keys() == {"iss", "aud", "sub", "sid", "jti", "iat", "exp", "scope"}
        assert (claims["iss"], claims["aud"]) == ("https://api.test", "daybook")
        assert (claims["sub"], claims["sid"]) == (str(user_id), str(session_id))
        assert claims["scope"] == "todos:read todos:write account"
        assert claims["exp"] - claims["iat"] == token.expires_in

    async def test_lives_about_five_minutes_and_not_all_equally_long(self, mint: Mint, app: FastAPI) -> None:
        lifetimes = [(await signed_by(mint, app, uuid4(), uuid4())).expires_in for _ in range(20)]
        assert all(285 <= lifetime <= 315 for lifetime in lifetimes)
        assert len(set(lifetimes)) > 1

    async def test_is_never_the_same_twice(self, mint: Mint, app: FastAPI) -> None:
        user_id, session_id = uuid4(), uuid4()
        tokens = [await signed_by(mint, app, user_id, session_id) for _ in range(5)]
        ids = {jwt.decode(token.text, options={"verify_signature": False})["jti"] for token in tokens}
        assert len(ids) == 5


class TestRefreshToken:
    def test_reads_as_it_was_written(self, mint: Mint) -> None:
        token = RefreshToken.first()
        assert mint.read(mint.write(token)) == token

    def test_a_successor_can_be_written_again(self, mint: Mint) -> None:
        token = RefreshToken.first()
        assert mint.write(token.successor) == mint.write(token.successor) != mint.write(token)

    def test_changed_in_any_place_is_none(self, mint: Mint) -> None:
        text = mint.write(RefreshToken.first())
        for place, letter in enumerate(text):
            other = "A" if letter != "A" else "B"
            changed = f"{text[:place]}{other}{text[place + 1 :]}"
            assert mint.read(changed) is None

    @pytest.mark.parametrize("text", ["", "x", "====", "é", "\x00", "A" * 91, "A" * 100_000, "a.b.c"])
    def test_that_we_did_not_write_is_none(self, mint: Mint, text: str) -> None:
        assert mint.read(text) is None

    def test_survives_a_new_key_encryption_key(self, app: FastAPI, tmp_path: Path) -> None:
        def mint_with(*names: str) -> Mint:
            ring = KeyRing.from_file(key_file(tmp_path, *names))
            return Mint(app.state.keys, ring, issuer="https://api.test", audience="daybook")

        before, token = mint_with("old"), RefreshToken.first()
        after = mint_with("new", "old")

        assert after.read(before.write(token)) == token
        assert mint_with("new").read(before.write(token)) is None
