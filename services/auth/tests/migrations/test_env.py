from alembic import command
from pydantic import SecretStr
from services.auth.tests.support import MIGRATIONS
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis import migrations
from chassis.database import connection_arguments
from chassis.settings import DatabaseSettings


def differences_are_an_error(connection: Connection) -> None:
    config = migrations.alembic_config(MIGRATIONS)
    config.attributes["connection"] = connection
    command.check(config)


class TestMigrations:
    async def test_lead_to_exactly_what_the_models_say_however_often_they_run(self, empty_database_url: str) -> None:
        settings = DatabaseSettings(url=SecretStr(empty_database_url))
        await migrations.upgrade(settings, MIGRATIONS)
        await migrations.upgrade(settings, MIGRATIONS)

        url, arguments = connection_arguments(settings)
        engine = create_async_engine(url, connect_args=arguments, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(differences_are_an_error)
        await engine.dispose()
