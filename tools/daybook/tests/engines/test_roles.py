"""`deploy/postgres/roles.sql` on a real server: each role has its own schema and nothing else."""

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping

import asyncpg
import pytest

from daybook.checkout import Checkout
from daybook.engines.binaries import Binary
from daybook.engines.roles import Administrator, Role, find_psql
from daybook.failures import Failure

SERVICES = ("auth", "todos")


@pytest.fixture(scope="module")
def psql(checkout: Checkout) -> Binary:
    found = find_psql(checkout.packages)
    assert found
    return found


def roles_named(prefix: str) -> dict[str, Role]:
    return {service: Role(f"{prefix}_{service}", "it's \\ quoted") for service in SERVICES}


@pytest.fixture(scope="module")
def name() -> str:
    return f"roles_{secrets.token_hex(4)}"


@pytest.fixture(scope="module")
def administrator(postgres_admin_url: str, psql: Binary, name: str) -> Iterator[Administrator]:
    administrator = Administrator(postgres_admin_url, psql)
    administrator.make_database(name)
    yield administrator
    administrator.run(f"DROP DATABASE {name} WITH (FORCE);")
    for service in SERVICES:
        administrator.run(f"DROP ROLE IF EXISTS {name}_{service};")


@pytest.fixture(scope="module")
def roles(administrator: Administrator, checkout: Checkout, name: str) -> Mapping[str, Role]:
    roles = roles_named(name)
    administrator.make_roles(checkout, roles, database=name)
    return roles


@pytest.fixture
async def connections(
    roles: Mapping[str, Role], administrator: Administrator, name: str
) -> AsyncIterator[Mapping[str, asyncpg.Connection]]:
    urls = {service: role.url(administrator.url, database=name) for service, role in roles.items()}
    opened = {service: await asyncpg.connect(url) for service, url in urls.items()}
    yield opened
    for connection in opened.values():
        await connection.close()


class TestRoles:
    async def test_find_their_own_schema_without_naming_it(self, connections: Mapping[str, asyncpg.Connection]) -> None:
        for service, connection in connections.items():
            assert await connection.fetchval("SELECT current_schemas(false)") == [service]
            await connection.execute("CREATE TABLE IF NOT EXISTS own (id int)")

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE todos.intruder (id int)",
            "SELECT * FROM todos.own",
            "CREATE TABLE public.intruder (id int)",
            "CREATE SCHEMA another",
            "CREATE TEMP TABLE scratch (id int)",
            "CREATE ROLE another",
            "SET ROLE postgres",
        ],
    )
    async def test_have_no_rights_elsewhere(
        self, connections: Mapping[str, asyncpg.Connection], statement: str
    ) -> None:
        await connections["todos"].execute("CREATE TABLE IF NOT EXISTS own (id int)")

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connections["auth"].execute(statement)

    async def test_strangers_may_not_even_connect(
        self, roles: Mapping[str, Role], administrator: Administrator, name: str, checkout: Checkout
    ) -> None:
        neighbour = f"{name}_neighbour"
        administrator.make_database(neighbour)
        try:
            administrator.make_roles(checkout, roles_named(neighbour), database=neighbour)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(roles["auth"].url(administrator.url, database=neighbour))
        finally:
            administrator.run(f"DROP DATABASE {neighbour} WITH (FORCE);")
            administrator.run(f"DROP ROLE {neighbour}_auth, {neighbour}_todos;")

    async def test_get_the_last_password_that_was_given(
        self, roles: Mapping[str, Role], administrator: Administrator, name: str, checkout: Checkout
    ) -> None:
        changed = {service: Role(role.name, "another") for service, role in roles.items()}

        administrator.make_roles(checkout, changed, database=name)

        await (await asyncpg.connect(changed["auth"].url(administrator.url, database=name))).close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(roles["auth"].url(administrator.url, database=name))
        administrator.make_roles(checkout, roles, database=name)

    def test_can_be_made_by_an_administrator_who_is_no_superuser(
        self, administrator: Administrator, name: str, checkout: Checkout
    ) -> None:
        """As managed Postgres gives you."""
        manager = Role(f"{name}_manager", "managed")
        administrator.run(f"CREATE ROLE {manager.name} LOGIN CREATEROLE CREATEDB PASSWORD 'managed';")
        database = f"{name}_managed"
        managed = Administrator(manager.url(administrator.url), administrator.psql)
        try:
            managed.make_database(database)
            managed.make_roles(checkout, roles_named(database), database=database)
            managed.make_roles(checkout, roles_named(database), database=database)
        finally:
            administrator.run(f"DROP DATABASE {database} WITH (FORCE);")
            administrator.run(f"DROP ROLE IF EXISTS {database}_auth, {database}_todos;")
            administrator.run(f"DROP ROLE {manager.name};")


class TestAdministrator:
    def test_says_which_server_refuses_and_hides_the_password(self, postgres_admin_url: str, psql: Binary) -> None:
        stranger = Administrator(Role("nobody_at_all", "secret-word").url(postgres_admin_url), psql)

        with pytest.raises(Failure, match=r"postgresql://127.0.0.1:\d+/\w+ refuses: .*nobody_at_all") as failure:
            stranger.run("SELECT 1")
        assert "secret-word" not in str(failure.value)


class TestRoleUrl:
    def test_keeps_server_and_options(self) -> None:
        url = "postgresql://admin:x@db.example:5433/neondb?sslmode=require&channel_binding=require"

        assert Role("daybook_auth", "p/w").url(url) == (
            "postgresql://daybook_auth:p%2Fw@db.example:5433/neondb?sslmode=require&channel_binding=require"
        )
        assert Role("a", "b").url(url, database="daybook").startswith("postgresql://a:b@db.example:5433/daybook?")
