"""Real engines for the tests, each started when the first test asks for it.

In this order: the URL in the environment, `TEST_BACKEND=testcontainers`, the local stack.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from daybook.checkout import SOURCE, Checkout
from daybook.engines.roles import Administrator, Role, find_psql
from daybook.engines.room import ENGINES

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def postgres_admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's."""
    with _engine("postgres", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with _engine("redis", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An administrator's."""
    with _engine("rabbitmq", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def service_database_urls(postgres_admin_url: str) -> Iterator[Mapping[str, str]]:
    """By service, for the services' own tests: see `service_databases`."""
    with service_databases(postgres_admin_url) as urls:
        yield urls


@contextmanager
def service_databases(postgres_admin_url: str) -> Iterator[Mapping[str, str]]:
    """By service: one fresh database, and in it the roles and schemas that `deploy/postgres/roles.sql` makes."""
    checkout = Checkout(_ROOT)
    psql = find_psql(checkout.packages)
    assert psql, "psql is not here: apt-get install postgresql-client"
    administrator = Administrator(postgres_admin_url, psql)
    # Roles belong to the whole server, and another run may be using it.
    name = f"daybook_test_{secrets.token_hex(4)}"
    roles = {service: Role(f"{name}_{service}", secrets.token_hex(8)) for service in ("auth", "todos")}
    administrator.make_database(name)
    administrator.make_roles(checkout, roles, database=name)
    yield {service: role.url(postgres_admin_url, database=name) for service, role in roles.items()}
    administrator.run(f"DROP DATABASE {name} WITH (FORCE);")
    for role in roles.values():
        administrator.run(f"DROP ROLE {role.name};")


@pytest.fixture(scope="session")
def auth_database_url(service_database_urls: Mapping[str, str]) -> str:
    """An empty schema, and the role that auth runs as. Auth's own conftest migrates it."""
    return service_database_urls["auth"]


@pytest.fixture(scope="session")
def todos_database_url(service_database_urls: Mapping[str, str]) -> str:
    """An empty schema, and the role that todos runs as. Its own conftest migrates it."""
    return service_database_urls["todos"]


def _engine(name: str, folders: pytest.TempPathFactory) -> AbstractContextManager[str]:
    given = os.environ.get(ENGINES[name].variable)
    if given:
        return _given(given)
    if os.environ.get("TEST_BACKEND") == "testcontainers":
        return _CONTAINERS[name]()
    return _local(name, folders.mktemp(name))


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


@contextmanager
def _local(name: str, state: Path) -> Iterator[str]:
    """`daybook run` with a command that says where the engine is, and ends when we close its input."""
    variable = ENGINES[name].variable
    launcher = subprocess.Popen(
        [
            *(sys.executable, "-m", "daybook", "run", "--ephemeral", "--state", state, "--engine", name),
            *("--", "sh", "-c", f'echo "{variable}=${variable}"; exec cat'),
        ],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdin
    assert launcher.stdout
    with launcher:
        said = []
        for line in launcher.stdout:
            if line.startswith(f"{variable}="):
                yield line.strip().removeprefix(f"{variable}=")
                launcher.communicate()
                break
            said.append(line)
        else:
            pytest.fail(f"{name} did not start:\n{''.join(said)}", pytrace=False)


@contextmanager
def _postgres_container() -> Iterator[str]:
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415  (only where it is asked for)

    with PostgresContainer("postgres:17", driver=None) as container:
        yield container.get_connection_url()


@contextmanager
def _redis_container() -> Iterator[str]:
    with _container("redis:8", 6379, "Ready to accept connections") as address:
        yield f"redis://{address}/0"


@contextmanager
def _rabbitmq_container() -> Iterator[str]:
    # The module of testcontainers for RabbitMQ brings a second client library only to ask whether it is up.
    with _container("rabbitmq:4-management", 5672, "Server startup complete") as address:
        yield f"amqp://guest:guest@{address}/"


@contextmanager
def _container(image: str, port: int, says_when_ready: str) -> Iterator[str]:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy  # noqa: PLC0415

    container = DockerContainer(image).with_exposed_ports(port).waiting_for(LogMessageWaitStrategy(says_when_ready))
    with container:
        yield f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"


_CONTAINERS = {"postgres": _postgres_container, "redis": _redis_container, "rabbitmq": _rabbitmq_container}
