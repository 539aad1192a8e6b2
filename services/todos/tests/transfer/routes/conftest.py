import httpx
import pytest
from services.todos.tests.support import AddTodo, Todo
from services.todos.tests.transfer.routes.files import FULL


@pytest.fixture
async def life(client: httpx.AsyncClient, add_todo: AddTodo) -> dict[str, Todo]:
    """One todo that was changed, one that is done, one in the trash, and one that came back from there."""
    changed = await add_todo(**FULL)
    changed = (await client.put(f"/todos/{changed['id']}", json={"title": "Feed the cat", "version": 1})).json()
    done = await add_todo("done")
    done = (await client.patch(f"/todos/{done['id']}/toggle")).json()
    deleted = await add_todo("deleted", tags=["gone"], completed=True)
    await client.request("DELETE", f"/todos/{deleted['id']}", json={"version": 1})
    restored = await add_todo("restored")
    await client.request("DELETE", f"/todos/{restored['id']}", json={"version": 1})
    restored = (await client.post(f"/todos/{restored['id']}/restore")).json()
    return {"changed": changed, "done": done, "deleted": deleted, "restored": restored}
