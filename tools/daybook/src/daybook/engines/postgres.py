"""PostgreSQL: one cluster per stack, made on first start, reachable by password over loopback only."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from daybook.engines.binaries import Binary, Engine, ask_version
from daybook.engines.unprivileged import Unprivileged
from daybook.failures import Failure
from daybook.probes import answer
from daybook.secrets import write_private
from daybook.supervision.processes import Program, Supervisor
from daybook.supervision.state import State

ADMIN = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
}
# What an ephemeral cluster may lose is nothing that anyone wants back.
_EPHEMERAL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def _candidates(root: Path | None) -> Iterator[Path]:
    yield from Path(root or "/").glob("usr/lib/postgresql/*/bin/postgres")
    if root is None and (found := shutil.which("postgres")):
        yield Path(found).resolve()


ENGINE = Engine(
    "postgres", "DATABASE_URL", ("postgresql",), (15,), _candidates, ask_version, {"postgresql": 5432, "postgres": 5432}
)


class Cluster:
    def __init__(self, binary: Binary, state: State, port: int, *, ephemeral: bool) -> None:
        self._binary = binary
        self._state = state
        self._port = port
        self._ephemeral = ephemeral
        self._identity = Unprivileged.find(state.data("postgres"), binary.program)

    async def make(self, supervisor: Supervisor) -> None:
        """Make the data directory, under another name until it is complete."""
        data = self._identity.data
        version = data / "PG_VERSION"
        if version.exists():
            self._refuse_other_version(version.read_text().strip())
            return
        unfinished = data.with_name("postgres.unfinished")
        password_file = data.with_name("postgres.password")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_private(password_file, self._state.secrets.password("postgres") + "\n")
        if self._identity.user is not None:
            os.chown(password_file, self._identity.user, self._identity.user)
        initdb: list[str | Path] = [
            *self._identity.prefix,
            *(self._binary.program.with_name("initdb"), "-D", unfinished, "-U", ADMIN),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8"),
            *(["--no-sync"] if self._ephemeral else []),
            "--no-instructions",
        ]
        await supervisor.run_to_end(Program("initdb", initdb, self._binary.env, user=self._identity.user))
        password_file.unlink()
        unfinished.rename(data)

    def program(self) -> Program:
        settings = {**_SETTINGS, **(_EPHEMERAL if self._ephemeral else {}), "port": str(self._port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            "postgres",
            [*self._identity.prefix, self._binary.program, "-D", self._identity.data, *options],
            self._binary.env,
            tier=1,
            port=self._port,
            ready=lambda: takes_logins(self._port),
            # Fast shutdown: clients are cut off, nothing is lost.
            stop_signal=signal.SIGINT,
            grace_seconds=30,
            user=self._identity.user,
        )

    def url(self, database: str) -> str:
        return f"postgresql://{ADMIN}:{self._state.secrets.password('postgres')}@127.0.0.1:{self._port}/{database}"

    def _refuse_other_version(self, stored: str) -> None:
        available = str(self._binary.version[0])
        if stored != available:
            raise Failure(
                f"{self._state}/data/postgres was made by PostgreSQL {stored}, and here is {available}: "
                f"install PostgreSQL {stored}, or delete that folder if what is in it may go."
            )


async def takes_logins(port: int) -> bool:
    """Whether a start-up message is answered by a question for the password rather than by “starting up”."""
    message = b"\x00\x03\x00\x00user\x00postgres\x00\x00"
    return (await answer(port, (len(message) + 4).to_bytes(4, "big") + message)).startswith(b"R")
