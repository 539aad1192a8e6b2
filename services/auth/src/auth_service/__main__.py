import asyncio
from pathlib import Path

from auth_service import app, worker
from auth_service.audit import commands as audit
from auth_service.keys import commands as keys
from auth_service.settings import Settings
from chassis import migrations, service

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: Settings) -> None:
    """Bring the tables up to date."""
    asyncio.run(migrations.upgrade(settings.database, MIGRATIONS))


if __name__ == "__main__":
    service.main(
        "auth",
        Settings,
        servers={"api": app.build, "worker": worker.build},
        commands={
            "migrate": migrate,
            "audit verify": audit.verify,
            "keys list": keys.list_keys,
            "keys rotate": keys.rotate,
            "keys revoke": keys.revoke,
        },
    )
