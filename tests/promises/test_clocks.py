"""P29: clocks may lie. Nobody is turned away because two of ours differ, and no order is made of a client's."""

import time
from collections.abc import Mapping
from uuid import uuid4

import httpx
import pytest
from tests.promises.conftest import Doors
from tests.support.people import Person, SignedIn
from tests.support.promises import Measured
from tests.support.signing import auth_itself
from tests.support.system import System
from tests.support.tokens import Issuer

pytestmark = pytest.mark.promise("P29")

_LIVES_SECONDS = 300
# By how much clocks of ours may differ, and then some.
_SHIFTS, _TOO_MUCH = (-25, 25), (-3600, 3600)


@pytest.fixture
async def session(ada: Person) -> SignedIn:
    return await ada.sign_in()


@pytest.fixture
async def issuer(system: System, session: SignedIn) -> Issuer:
    return await auth_itself(system, session)


@pytest.fixture
async def verifiers(system: System, doors: Doors) -> Mapping[str, tuple[httpx.AsyncClient, str]]:
    """Each process that looks at the times in a token."""
    del system
    return {
        "todos": (doors.todos, "/todos"),
        "todos behind the gateway": (doors.gateway, "/todos"),
        "auth behind the gateway": (doors.gateway, "/auth/me"),
    }


def token_of_another_time(issuer: Issuer, session: SignedIn, *, shift: int, age: int) -> str:
    """As auth would have signed it so long ago, if its clock were so many seconds ahead of ours."""
    issued = int(time.time()) - age + shift
    return issuer.sign(session.user_id, iat=issued, exp=issued + _LIVES_SECONDS)


class TestTokens:
    @pytest.mark.parametrize("age", [0, _LIVES_SECONDS - 1], ids=["new", "about to expire"])
    @pytest.mark.parametrize("shift", _SHIFTS)
    async def test_of_an_auth_whose_clock_differs_are_taken(
        self,
        *,
        issuer: Issuer,
        session: SignedIn,
        verifiers: Mapping[str, tuple[httpx.AsyncClient, str]],
        shift: int,
        age: int,
        measured: Measured,
    ) -> None:
        measured |= {"shift_seconds": shift, "age_seconds": age, "taken_by": [], "refused_by": []}
        for name, (door, path) in verifiers.items():
            token = token_of_another_time(issuer, session, shift=shift, age=age)
            answer = await door.get(path, headers={"Authorization": f"Bearer {token}"})
            measured["taken_by" if answer.status_code == httpx.codes.OK else "refused_by"].append(name)
        assert not measured["refused_by"]

    @pytest.mark.parametrize("shift", _TOO_MUCH)
    async def test_of_another_hour_are_not(
        self,
        issuer: Issuer,
        session: SignedIn,
        verifiers: Mapping[str, tuple[httpx.AsyncClient, str]],
        shift: int,
        measured: Measured,
    ) -> None:
        """The control: it is the time in them that was looked at."""
        for name, (door, path) in verifiers.items():
            token = token_of_another_time(issuer, session, shift=shift, age=0)
            answer = await door.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401, name
        measured |= {"shift_seconds": shift, "refused_by": list(verifiers)}


class TestOrder:
    async def test_is_that_of_the_writes_whatever_the_time_is_at_a_device(self, doors: Doors, ada: Person) -> None:
        session = await ada.sign_in()
        ids = []
        for number, date in enumerate(("Thu, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT")):
            answer = await doors.gateway.post(
                "/todos", json={"title": f"Number {number}"}, headers={**session.bearer, "Date": date}
            )
            ids.append(answer.json()["id"])

        feed = (await doors.gateway.get("/sync/changes", headers=session.bearer)).json()["changes"]
        assert [each["id"] for each in feed] == ids
        assert feed[0]["updated_at"] <= feed[1]["updated_at"]

    @pytest.mark.parametrize("name", ["created_at", "updated_at", "completed_at"])
    async def test_takes_no_time_from_a_device(self, doors: Doors, ada: Person, name: str) -> None:
        session, moment = await ada.sign_in(), "2099-01-01T00:00:00Z"
        made = await doors.gateway.post("/todos", json={"title": "One", name: moment}, headers=session.bearer)
        operation = {"op_id": str(uuid4()), "todo_id": str(uuid4()), "kind": "create"}
        operation |= {"changes": {"title": {"from": None, "to": "One"}, name: {"from": None, "to": moment}}}  # type: ignore[dict-item]
        synced = await doors.gateway.post("/sync/operations", json={"operations": [operation]}, headers=session.bearer)

        assert made.status_code == 422
        assert synced.json()["results"][0]["outcome"] == "rejected"
        assert (await doors.gateway.get("/todos", headers=session.bearer)).json()["items"] == []
