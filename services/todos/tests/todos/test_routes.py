from typing import Any
import httpx
from uuid import uuid4


class TestCreateTodo:
    async def test_answers_with_the_stored_todo(self, client: httpx.AsyncClient) -> None:
        response = await client.post(
            "/todos",
            json={
                "title": "  Water the plants ",
                "tags": ["home", "home"],
                "due": {"at": "2026-11-22T10:00:00+02:00", "zone": "Europe/Berlin"},
            },
        )
        print(response.text, response.headers)
        assert response.status_code == 201
        r = await client.get(response.headers["location"])
        assert r.json() == response.json()
        r = await client.get("/todos")
        print(r.text, r.headers)
        r2 = await client.get("/todos", headers={"If-None-Match": r.headers["etag"]})
        assert r2.status_code == 304
        t = response.json()
        r = await client.put(f"/todos/{t['id']}", json={"title": "x", "version": 1})
        print(r.text)
        r = await client.put(f"/todos/{t['id']}", json={"title": "y", "version": 1})
        print(r.status_code, r.text)
        r = await client.patch(f"/todos/{t['id']}", json={"due": None}, headers={"If-Match": '"v2"'})
        print(r.status_code, r.text)
        r = await client.patch(f"/todos/{t['id']}/toggle")
        print(r.status_code, r.text)
        r = await client.request("DELETE", f"/todos/{t['id']}", json={"version": 4})
        print(r.status_code, r.text)
        r = await client.get(f"/todos/{t['id']}")
        print(r.status_code, r.text)
        r = await client.post("/todos", json={"title": "k"}, headers={"Idempotency-Key": "a"})
        r2 = await client.post("/todos", json={"title": "k"}, headers={"Idempotency-Key": "a"})
        assert r.json() == r2.json() and r2.status_code == 201, (r.text, r2.text)
        r2 = await client.post("/todos", json={"title": "kx"}, headers={"Idempotency-Key": "a"})
        assert r2.status_code == 422
