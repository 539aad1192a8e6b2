import httpx
import pytest
from services.auth.tests.support import Person

from auth_service.sessions.service import EndReason


class TestListRevocations:
    async def test_tells_those_after_a_number_without_a_token(self, client: httpx.AsyncClient, person: Person) -> None:
        before = (await client.get("/internal/revocations")).json()
        await person.client.post("/auth/logout", content="{}")

        after = (await client.get("/internal/revocations", params={"after": before["sequence"]})).json()

        assert after["epoch"] == before["epoch"]
        assert after["sequence"] > before["sequence"]
        [mine] = [each for each in after["items"] if each["user_id"] == str(person.id)]
        assert mine["not_before"] is None
        assert EndReason.SIGNED_OUT not in mine.values()

    async def test_says_how_far_the_numbers_go_when_there_is_nothing_to_tell(self, client: httpx.AsyncClient) -> None:
        far = {"after": 2**63 - 1}

        answer = await client.get("/internal/revocations", params=far)

        assert answer.json()["items"] == []
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("after", ["-1", "x", str(2**63)])
    async def test_refuses_what_is_no_number_of_ours(self, client: httpx.AsyncClient, after: str) -> None:
        assert (await client.get("/internal/revocations", params={"after": after})).status_code == 422
