"""What Daybook is for, from the first visit to the second device."""

import asyncio

import httpx
from tests.e2e.conftest import OpenBrowser, Person


class TestANewPerson:
    async def test_finds_their_todos_on_another_device(self, ada: Person, open_browser: OpenBrowser) -> None:
        await ada.add("Water the plants")
        letter = await ada.add("Answer Grandmother's letter")
        ticked = await ada.browser.patch(f"/todos/{letter['id']}/toggle", json={"completed": True})
        assert ticked.status_code == 200
        assert (await ada.browser.post("/auth/logout", json={})).status_code == 204

        elsewhere = Person(open_browser(), ada.email)
        assert (await elsewhere.sign_in()).status_code == 200

        todos = (await elsewhere.browser.get("/todos")).json()["items"]
        assert {todo["title"]: todo["completed"] for todo in todos} == {
            "Water the plants": False,
            "Answer Grandmother's letter": True,
        }

    async def test_stays_signed_in_by_the_cookie_alone(self, ada: Person) -> None:
        del ada.browser.headers["Authorization"]

        refreshed = await ada.browser.post("/auth/refresh", json={})

        assert refreshed.status_code == 200
        ada.browser.headers["Authorization"] = f"Bearer {refreshed.json()['access_token']}"
        assert (await ada.browser.get("/auth/me")).json()["email"] == ada.email

    async def test_is_out_after_signing_out(self, ada: Person) -> None:
        kept = "; ".join(f"{name}={value}" for name, value in ada.browser.cookies.items())
        assert (await ada.browser.post("/auth/logout", json={})).status_code == 204

        assert (await ada.browser.post("/auth/refresh", json={})).status_code == 204
        again = await ada.browser.post("/auth/refresh", json={}, headers={"Cookie": kept})
        assert (again.status_code, again.json()["type"]) == (401, "urn:problem:session-ended")
        assert (await ada.browser.get("/auth/me")).status_code == 401
        # Its token is good for minutes; todos has been told.
        async with asyncio.timeout(10):
            while (await ada.browser.get("/todos")).status_code != 401:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.05)


class TestTwoPeople:
    async def test_never_see_each_others_todos(self, ada: Person, bob: Person) -> None:
        secret = await ada.add("Buy Bob a present")
        path = f"/todos/{secret['id']}"
        version = {"version": secret["version"]}

        attempts: list[httpx.Response] = [
            await bob.browser.get(path),
            await bob.browser.put(path, json={"title": "Mine now", **version}),
            await bob.browser.patch(path, json={"title": "Mine now", **version}),
            await bob.browser.patch(f"{path}/toggle", json={"completed": True}),
            await bob.browser.delete(path, headers={"If-Match": '"v1"'}),
        ]

        assert {answer.status_code for answer in attempts} == {404}
        assert await bob.titles() == set()
        assert (await ada.browser.get(path)).json() == secret

    async def test_may_use_the_same_id(self, ada: Person, bob: Person) -> None:
        todo = await ada.add("Mine")

        answer = await bob.browser.post("/todos", json={"id": todo["id"], "title": "Also mine"})

        assert answer.status_code == 201
        assert (await ada.titles(), await bob.titles()) == ({"Mine"}, {"Also mine"})


class TestTwoEdits:
    async def test_the_later_one_is_shown_what_it_would_have_overwritten(self, ada: Person) -> None:
        todo = await ada.add("Call the plumber")
        path = f"/todos/{todo['id']}"
        first = await ada.browser.put(path, json={"title": "Call the plumber at 9", "version": 1})
        assert first.status_code == 200

        second = await ada.browser.put(path, json={"title": "Call an electrician", "version": 1})

        assert second.status_code == 409
        assert second.json()["type"] == "urn:problem:version-conflict"
        assert second.json()["current"] == first.json()
        assert (await ada.browser.get(path)).json()["title"] == "Call the plumber at 9"
