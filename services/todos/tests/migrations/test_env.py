from alembic import command
from services.todos.tests.support import rows
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis import database, migrations
from chassis.database import connection_arguments
from todos_service.__main__ import MIGRATIONS
from todos_service.settings import Settings


def differences_are_an_error(connection: Connection) -> None:
    config = migrations.alembic_config(MIGRATIONS)
    config.attributes["connection"] = connection
    command.check(config)


class TestMigrations:
    async def test_lead_to_exactly_what_the_models_say_however_often_they_run(self, settings: Settings) -> None:
        await migrations.upgrade(settings.database, MIGRATIONS)

        url, arguments = connection_arguments(settings.database)
        engine = create_async_engine(url, connect_args=arguments, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(differences_are_an_error)
        await engine.dispose()

    async def test_give_every_table_of_an_owner_a_key_that_begins_with_the_owner(self, settings: Settings) -> None:
        """Indexes too: no query of ours looks across owners, and the tables can be distributed by owner."""
        query = """
            SELECT indexrelid::regclass::text AS index, attname AS begins_with
            FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
            WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
        """
        async with database.connect(settings.database) as db:
            indexes = {row["index"]: row["begins_with"] for row in await rows(db, query)}

        shared = {"inbox_pkey", "alembic_version_pkc"}
        # Only the worker asks, across owners, what has become old.
        of_age = {"todos_trashed_idx", "todos_purged_idx", "operations_at_idx", "inbox_handled_at_idx"}
        assert {name for name, column in indexes.items() if column != "owner_id"} == shared | of_age
        assert {"streams_pkey", "data_keys_pkey", "todos_pkey", "history_pkey", "operations_pkey"} <= indexes.keys()

    async def test_compare_positions_byte_by_byte_whatever_the_locale(self, settings: Settings) -> None:
        async with database.connect(settings.database) as db:
            (row,) = await rows(
                db,
                "SELECT collation_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = 'todos' AND column_name = 'position'",
            )

        assert row["collation_name"] == "C"
