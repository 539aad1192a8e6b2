"""Where the services store, in a server of ours and in somebody else's."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from daybook.checkout import Checkout
from daybook.engines.database import ServiceDatabase
from daybook.secrets import Secrets

Plan = Callable[..., ServiceDatabase]
SERVICES = ("auth", "todos")


@pytest.fixture
def plan(checkout: Checkout, tmp_path: Path) -> Plan:
    def plan(url: str, *, ours: bool, ephemeral: bool) -> ServiceDatabase:
        return ServiceDatabase.plan(checkout, Secrets(tmp_path), SERVICES, url, ours=ours, ephemeral=ephemeral)

    return plan


class TestPlan:
    @pytest.mark.parametrize("ephemeral", [True, False])
    def test_is_always_the_same_in_a_server_of_ours(self, plan: Plan, ephemeral: bool) -> None:
        database = plan("postgresql://postgres:x@127.0.0.1:1/postgres", ours=True, ephemeral=ephemeral)

        assert database.url == "postgresql://postgres:x@127.0.0.1:1/daybook"
        assert database.url_of("auth").startswith("postgresql://daybook_auth:")
        assert database.url_of("auth").endswith("@127.0.0.1:1/daybook")

    def test_is_the_one_that_was_given(self, plan: Plan) -> None:
        given = "postgresql://admin:x@db.example/mine?sslmode=require"

        database = plan(given, ours=False, ephemeral=False)

        assert database.url == given
        assert database.url_of("todos").endswith("@db.example/mine?sslmode=require")
        assert not database.removed_afterwards


class TestThrowAway:
    async def test_touches_nothing_in_somebody_else_s_server_and_leaves_nothing(
        self, plan: Plan, postgres_admin_url: str, checkout: Checkout
    ) -> None:
        """Tests must not change the passwords of a system that uses the same server."""
        database = plan(postgres_admin_url, ours=False, ephemeral=True)
        other = plan(postgres_admin_url, ours=False, ephemeral=True)
        assert {role.name for role in database.roles.values()}.isdisjoint(role.name for role in other.roles.values())

        database.make(checkout)
        connection = await asyncpg.connect(database.url_of("auth"))
        assert await connection.fetchval("SELECT current_schema()") == "auth"
        database.remove()

        admin = await asyncpg.connect(postgres_admin_url)
        left = await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", database.name)
        left += await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname LIKE $1", f"{database.name}%")
        await admin.close()
        connection.terminate()
        assert left == 0
