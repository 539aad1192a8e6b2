import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from auth_service.audit.models import EntryRow
from auth_service.keys import commands, rotation
from auth_service.revocations import service as revocations
from auth_service.settings import Settings
from chassis.database import Database
from chassis.encryption import KeyRing


@pytest.fixture
async def settings(own_database_url: str, keyless: Database, settings_for: Callable[..., Settings]) -> Settings:  # noqa: ARG001
    return settings_for(own_database_url)


def table(printed: str) -> list[list[str]]:
    """The rows below the heading, in words. What was logged stands above it."""
    lines = printed.splitlines()
    heading, *rows = lines[[line.startswith("kid ") for line in lines].index(True) :]
    assert heading.split() == ["kid", "algorithm", "state", "made", "signs", "since", "retired"]
    return [row.split() for row in rows]


async def recorded(database: Database, kid: str) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log says of a key."""
    of_key = select(EntryRow.kind, EntryRow.details).where(EntryRow.details["kid"].astext == kid)
    async with database.reads() as reads:
        return [(entry.kind, entry.details) for entry in await reads.execute(of_key)]


class TestKeys:
    """Each command runs in a thread of its own, as it runs in a process of its own: it starts an event loop."""

    async def test_are_rotated_when_the_next_one_is_old_enough(
        self, settings: Settings, keyless: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as refused:
            await asyncio.to_thread(commands.rotate, settings)
        assert "rotate then" in str(refused.value)
        await asyncio.to_thread(commands.list_keys, settings)
        active, following = table(capsys.readouterr().out)
        assert (active[1:3], following[1:3]) == (["RS256", "active"], ["RS256", "next"])

        async with keyless.transaction() as tx:
            await tx.execute(text("update signing_keys set created_at = now() - interval '15 minutes'"))
        await asyncio.to_thread(commands.rotate, settings)

        rows = table(capsys.readouterr().out)
        assert [row[2] for row in rows] == ["active", "retiring", "next"]
        assert [rows[0][0], rows[1][0]] == [following[0], active[0]]
        details = {"kid": following[0], "algorithm": "RS256", "retiring": active[0], "by": "command"}
        # Once: the one that was refused was none.
        assert await recorded(keyless, following[0]) == [("signing_key.rotated", details)]

    async def test_are_revoked_by_their_id(
        self, settings: Settings, keyless: Database, ring: KeyRing, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await rotation.make_missing(keyless, ring, "RS256", at=datetime.now(UTC))
        await asyncio.to_thread(commands.list_keys, settings)
        active, following = table(capsys.readouterr().out)

        await asyncio.to_thread(commands.revoke, settings, active[0])

        rows = table(capsys.readouterr().out)
        assert [row[2] for row in rows] == ["active", "next"]
        assert rows[0][0] == following[0]
        with pytest.raises(SystemExit):
            await asyncio.to_thread(commands.revoke, settings, active[0])
        # Nobody waits until somebody fetches the keys again.
        async with keyless.reads() as reads:
            told = await revocations.list_after(reads, 0)
        assert [each.kid for each in told.items] == [active[0]]
        details = {"kid": active[0], "algorithm": "RS256", "state": "active", "by": "command"}
        assert await recorded(keyless, active[0]) == [("signing_key.revoked", details)]
