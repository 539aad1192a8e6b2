"""Alembic loads this file by its path."""

# The tables are declared where they are used; a table nobody imported would look dropped.
import todos_service.calendars.models
import todos_service.owners.models
import todos_service.todos.models  # noqa: F401
from chassis.messaging import inbox
from chassis.migrations import run_environment
from todos_service.tables import Table

run_environment([Table.metadata, inbox.METADATA])
