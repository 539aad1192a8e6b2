"""`python -m todos_service api | worker | migrate | keys rotate | erasures replay | streams renew | config`."""

import asyncio
from pathlib import Path

from chassis import migrations, service
from todos_service import app, worker
from todos_service.owners import commands
from todos_service.settings import Settings
from todos_service.sync import commands as sync_commands

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: Settings) -> None:
    """Bring the tables up to date."""
    asyncio.run(migrations.upgrade(settings.database, MIGRATIONS))


if __name__ == "__main__":
    service.main(
        "todos",
        Settings,
        servers={"api": app.build, "worker": worker.build},
        commands={
            "migrate": migrate,
            "keys rotate": commands.rotate,
            "erasures replay": commands.replay,
            "streams renew": sync_commands.renew,
        },
    )
