"""Files that leave an account and come into another one, and what was made of them."""

from typing import Any

import httpx

FULL = {
    "title": "Wäter the plants",
    "description": "All of them\nTwice",
    "priority": "high",
    "due": {"at": "2999-11-22T17:30:00Z", "zone": "Europe/Berlin"},
    "tags": ["home"],
    "position": "a0",
    "recurrence": {"rule": "FREQ=WEEKLY;BYDAY=MO", "anchor": "completion"},
}


async def export(client: httpx.AsyncClient) -> bytes:
    response = await client.get("/todos/export")
    assert response.status_code == 200, response.text
    return response.content


async def import_(client: httpx.AsyncClient, content: bytes, source: str = "daybook") -> dict[str, Any]:
    response = await client.post(f"/todos/import?format={source}", content=content)
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["imported"], report["updated"], report["unchanged"], len(report["skipped"])


async def history(client: httpx.AsyncClient, todo_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/todos/{todo_id}/history")).json()["items"]
    return items


def reasons(report: dict[str, Any], kind: str = "notes") -> list[str]:
    return [note["reason"] for note in report[kind]]
