"""What a device says and hears, in the words of the protocol."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from services.todos.tests.support import patiently

Json = dict[str, Any]


def change(seen: Any, wanted: Any) -> Json:
    return {"from": seen, "to": wanted}


def operation(kind: str, todo_id: str | UUID, base_version: int | None = None, **said: Any) -> Json:
    """`said` are the fields of an update or a new todo, as `change` makes them, or `force`."""
    content: Json = {"op_id": str(uuid4()), "todo_id": str(todo_id), "kind": kind}
    if base_version is not None:
        content["base_version"] = base_version
    if "force" in said:
        content["force"] = said.pop("force")
    return {**content, "changes": said} if said else content


def creation(title: str = "Water the plants", **fields: Any) -> Json:
    wanted = {"title": title, **fields}
    return operation("create", uuid4(), None, **{name: change(None, value) for name, value in wanted.items()})


@dataclass
class Device:
    """Keeps up with its owner's todos. `todos` are those it knows of, by their id."""

    client: httpx.AsyncClient
    cursor: str | None = None
    epoch: str | None = None
    todos: dict[str, Json] = field(default_factory=dict)
    # In the order in which they came.
    heard: list[Json] = field(default_factory=list)

    async def ask(self, **query: Any) -> httpx.Response:
        known = {"cursor": self.cursor} if self.cursor else {}
        return await patiently(lambda: self.client.get("/sync/changes", params={**known, **query}), statuses=(503, 504))

    async def pull_page(self, **query: Any) -> bool:
        """Whether there is more."""
        answer = await self.ask(**query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        self.cursor, self.epoch = page["cursor"], page["epoch"]
        for each in page["changes"]:
            self.heard.append(each)
            if each["deleted_at"] is None:
                self.todos[each["id"]] = each
            else:
                self.todos.pop(each["id"], None)
        has_more: bool = page["has_more"]
        return has_more

    async def pull(self, **query: Any) -> None:
        while await self.pull_page(**query):
            continue

    async def push(self, *operations: Json) -> list[Json]:
        answer = await patiently(
            lambda: self.client.post("/sync/operations", json={"operations": operations}), statuses=(503, 504)
        )
        assert answer.status_code == 200, answer.text
        results: list[Json] = answer.json()["results"]
        return results
