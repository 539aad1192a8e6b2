"""What the gateway and the services promise whoever knocks, friend or not."""

from uuid import uuid4

import httpx
import pytest
from tests.e2e.conftest import OpenBrowser, Person
from tests.support.tokens import FORGERIES, Forgery, Issuer, new_key

from chassis.settings import TokenSettings


@pytest.fixture(scope="session")
def forger(api_url: str) -> Issuer:
    """Knows everything about our tokens but the key: even a `kid` that is in use."""
    kid = httpx.get(f"{api_url}/.well-known/jwks.json").json()["keys"][0]["kid"]
    return Issuer(new_key(), kid, TokenSettings(issuer=api_url, jwks_url=f"{api_url}/.well-known/jwks.json"))


class TestForgedTokens:
    @pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
    @pytest.mark.parametrize("path", ["/todos", "/auth/me"])
    async def test_open_nothing(self, open_browser: OpenBrowser, forger: Issuer, forge: Forgery, path: str) -> None:
        answer = await open_browser().get(path, headers={"Authorization": f"Bearer {forge(forger, uuid4())}"})

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "method, path, status",
        [
            ("GET", "/nowhere", 404),
            ("GET", "/todos", 401),
            ("GET", "/todos/..%2fauth", 400),
            ("PUT", "/auth/login", 405),
            ("GET", "/readyz", 200),
            ("GET", "/.well-known/jwks.json", 200),
        ],
    )
    async def test_says_who_asked_and_what_went_wrong(
        self, open_browser: OpenBrowser, method: str, path: str, status: int
    ) -> None:
        answer = await open_browser().request(method, path, headers={"X-Request-Id": "asked-by-a-test"})

        assert answer.status_code == status
        assert answer.headers["x-request-id"] == "asked-by-a-test"
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status

    async def test_may_be_read_by_the_app_and_by_no_other_page(self, ada: Person, app_url: str) -> None:
        ours = await ada.browser.get("/todos")
        theirs = await ada.browser.get("/todos", headers={"Origin": "https://evil.example"})

        assert ours.headers["access-control-allow-origin"] == app_url
        assert ours.headers["access-control-allow-credentials"] == "true"
        assert "access-control-allow-origin" not in theirs.headers

    async def test_says_how_much_is_left(self, ada: Person) -> None:
        answer = await ada.browser.get("/todos")

        assert "r=" in answer.headers["ratelimit"]
        assert "q=" in answer.headers["ratelimit-policy"]


class TestTheDocument:
    async def test_describes_every_part_in_one_place(self, open_browser: OpenBrowser) -> None:
        browser = open_browser()
        document = (await browser.get("/openapi.json")).json()

        assert document["openapi"].startswith("3.1")
        assert {"/auth/register", "/auth/refresh", "/auth/me", "/todos", "/todos/{todo_id}/toggle"} <= document[
            "paths"
        ].keys()
        assert (await browser.get("/docs")).status_code == 200
