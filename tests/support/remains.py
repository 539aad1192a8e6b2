"""What the database of todos has of an owner: what is to go with the account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

# So that neither a late event nor a late token brings the owner back: that there was one.
_STAYS = "streams"
_TABLES = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'todos' AND column_name = 'owner_id' AND table_name <> $1
"""


async def rows_of(todos: "asyncpg.Connection[Any]", owner_id: UUID) -> Mapping[str, int]:
    """How many rows of theirs each table has, whatever tables there are; those that have none are left out."""
    count = "SELECT count(*) FROM todos.{} WHERE owner_id = $1"
    tables = sorted(name for [name] in await todos.fetch(_TABLES, _STAYS))
    counted = {table: await todos.fetchval(count.format(table), owner_id) for table in tables}
    return {table: rows for table, rows in counted.items() if rows}
