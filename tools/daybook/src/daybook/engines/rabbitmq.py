"""RabbitMQ: one node with an epmd of its own, users and permissions loaded as it boots."""

import hashlib
import json
import re
import secrets
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from daybook.engines.binaries import Binary, Engine, Version
from daybook.probes import answer
from daybook.secrets import write_private
from daybook.supervision.processes import Program
from daybook.supervision.state import State

ADMIN = "daybook_admin"
# Each service may touch the one exchange and its own queues. A queue that dead-letters needs the default exchange.
SERVICES = ("auth", "todos")
# This one only listens.
_GATEWAY = "gateway"
_NODE = "daybook@localhost"


def _candidates(root: Path | None) -> Iterator[Path]:
    base = root or Path("/")
    if (base / "usr/lib/erlang/bin/erl").exists():
        # Not the one in /usr/sbin, which changes to a user that only an installed package has.
        yield from base.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")


def _version(binary: Binary) -> Version:
    found = re.search(r"rabbitmq_server-(\d+)\.(\d+)", str(binary.program))
    return (int(found[1]), int(found[2])) if found else ()


ENGINE = Engine(
    "rabbitmq", "RABBITMQ_URL", ("rabbitmq-server",), (3, 10), _candidates, _version, {"amqp": 5672, "amqps": 5671}
)


@dataclass(frozen=True)
class Addresses:
    amqp: int
    distribution: int
    epmd: int


class Broker:
    def __init__(self, binary: Binary, state: State, ports: Addresses) -> None:
        self._binary = binary
        self._state = state
        self._ports = ports
        self._folder = state.data("rabbitmq")
        self._has_booted = self._folder / "has-booted"

    def make(self) -> None:
        """Write everything the node reads when it boots."""
        folder = self._folder
        if not self._has_booted.exists():
            # A first boot that was cut off leaves a database that never opens, and nothing in it.
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / ".erlang.cookie", self._state.secrets.password("rabbitmq-cookie"))
        write_private(folder / "definitions.json", json.dumps(self._definitions()))
        write_private(folder / "enabled_plugins", "[].\n")
        write_private(folder / "advanced.config", "[].\n")
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self._ports.amqp}",
            f"load_definitions = {folder}/definitions.json",
            "disk_free_limit.absolute = 64MB",
            "vm_memory_high_watermark.absolute = 1GB",
            "log.console = true",
            "log.console.level = info",
            "log.file = false",
        ]
        write_private(folder / "rabbitmq.conf", "\n".join(lines) + "\n")
        if self._binary.root:
            _make_movable(self._binary.root / "usr/lib/erlang/bin/erl")

    def programs(self) -> tuple[Program, Program]:
        """Erlang's port mapper in the foreground, then the node: left to itself the node starts a stray daemon."""
        env = {**self._binary.env, **self._environment()}
        epmd = Program(
            "epmd",
            [shutil.which("epmd", path=env["PATH"]) or "epmd", "-port", str(self._ports.epmd), "-address", "127.0.0.1"],
            env,
            port=self._ports.epmd,
            grace_seconds=3,
        )
        node = Program(
            "rabbitmq",
            [self._binary.program],
            env,
            cwd=self._folder,
            tier=1,
            port=self._ports.amqp,
            ready=self._is_ready,
            grace_seconds=30,
            kill_unless_ready=True,
        )
        return epmd, node

    def url(self, user: str = ADMIN) -> str:
        return f"amqp://{user}:{self._password(user)}@127.0.0.1:{self._ports.amqp}/"

    async def _is_ready(self) -> bool:
        # The port opens when the definitions are loaded; the first frame means that the node takes logins.
        if not (await answer(self._ports.amqp, b"AMQP\x00\x00\x09\x01")).startswith(b"\x01\x00\x00"):
            return False
        self._has_booted.touch()
        return True

    def _password(self, user: str) -> str:
        return self._state.secrets.password(f"rabbitmq-{user}")

    def _definitions(self) -> Mapping[str, object]:
        listens = rf"{_GATEWAY}\..*"
        patterns = {ADMIN: (".*", ".*"), service_user(_GATEWAY): (rf"^(daybook\.events|{listens})$", f"^({listens})$")}
        for service in SERVICES:
            own = rf"daybook\.events|{service}\..*"
            patterns[service_user(service)] = (f"^({own})$", rf"^({own}|amq\.default)$")
        return {
            "vhosts": [{"name": "/"}],
            "users": [
                {
                    "name": user,
                    "password_hash": _password_hash(self._password(user)),
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator" if user == ADMIN else "",
                }
                for user in patterns
            ],
            "permissions": [
                {"user": user, "vhost": "/", "configure": own, "write": write, "read": own}
                for user, (own, write) in patterns.items()
            ],
        }

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "HOME": str(folder),
            # Stays the same when the machine is renamed.
            "RABBITMQ_NODENAME": _NODE,
            "RABBITMQ_DIST_PORT": str(self._ports.distribution),
            "ERL_EPMD_PORT": str(self._ports.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated",
            "RABBITMQ_PLUGINS_EXPAND_DIR": f"{folder}/plugins-expanded",
            "RABBITMQ_PID_FILE": f"{folder}/node.pid",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "ERL_AFLAGS": "-start_epmd false",
            # The script becomes the node: one process, which stops cleanly on SIGTERM.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
            **({"ERL_ROOTDIR": f"{self._binary.root}/usr/lib/erlang"} if self._binary.root else {}),
        }


def service_user(service: str) -> str:
    return f"daybook_{service}"


def _password_hash(password: str) -> str:
    """As RabbitMQ stores it: four bytes of salt, and the SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _make_movable(erl: Path) -> None:
    """Debian's start script names the folder it was installed to."""
    text = erl.read_text()
    moved = text.replace("ROOTDIR=/usr/lib/erlang\n", 'ROOTDIR="${ERL_ROOTDIR:-/usr/lib/erlang}"\n')
    if moved != text:
        erl.write_text(moved)
