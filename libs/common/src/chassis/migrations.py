"""Brings a service's schema up to date: waits for Postgres, takes turns, and runs Alembic."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis.database import connection_arguments, is_unavailable
from chassis.settings import DatabaseSettings

log = structlog.get_logger()


async def upgrade(settings: DatabaseSettings, folder: Path, *, patience: float = 60) -> None:
    """Run every migration in `folder` that has not run yet. Waits up to `patience` seconds for Postgres."""
    url, arguments = connection_arguments(settings)
    arguments["command_timeout"] = None
    engine = create_async_engine(url, connect_args=arguments, poolclass=NullPool)
    deadline = asyncio.get_running_loop().time() + patience
    try:
        while True:
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(_upgrade, folder)
                    return
            except Exception as error:
                if not is_unavailable(error) or asyncio.get_running_loop().time() > deadline:
                    raise
                log.info("migrate.waiting", reason=type(error).__name__)
                await asyncio.sleep(0.5)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, folder: Path) -> None:
    # The role's statement timeout is meant for requests; a migration may take as long as it needs, but it
    # may never queue behind a lock for long, because every request would queue behind it.
    connection.execute(text("set statement_timeout = 0"))
    connection.execute(text("select pg_advisory_lock(hashtext(current_schema() || '.migrations'))"))
    connection.commit()
    try:
        config = alembic_config(folder)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    finally:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(hashtext(current_schema() || '.migrations'))"))
        connection.commit()


def alembic_config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config


def run_environment(tables: Sequence[MetaData]) -> None:
    """The whole of a service's `env.py`: Alembic loads that file and expects it to act."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=list(tables),
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
