import httpx


class TestAskForPasskey:
    async def test_says_the_same_to_everybody_but_for_the_challenge(self, client: httpx.AsyncClient) -> None:
        answers = [
            (await client.post("/auth/login/passkey/options", json=body)).json()
            for body in ({}, {"email": "ada@example.com"}, {"email": "nobody@example.com"})
        ]

        assert len({answer.pop("challenge") for answer in answers}) == 3
        assert answers[0] == answers[1] == answers[2]
        assert (answers[0]["rpId"], answers[0]["allowCredentials"]) == ("app.test", [])
        assert answers[0]["userVerification"] == "required"
