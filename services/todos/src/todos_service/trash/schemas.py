from pydantic import Field

from todos_service.todos.fields import Request, Version


class TrashQuery(Request):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=400, description="`next_cursor` of the page before")


class TodoRestore(Request):
    """A version is checked if you send one."""

    version: Version | None = None
