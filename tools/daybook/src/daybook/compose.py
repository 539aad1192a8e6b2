"""`make env`: the passwords and keys that `docker-compose.yml` asks for, made once."""

import secrets

from daybook.checkout import Checkout, read_dotenv
from daybook.progress import show
from daybook.secrets import Secrets, write_private

_PASSWORDS = (
    *("POSTGRES_PASSWORD", "AUTH_DATABASE_PASSWORD", "TODOS_DATABASE_PASSWORD"),
    *("RABBITMQ_PASSWORD", "AUTH_BROKER_PASSWORD", "TODOS_BROKER_PASSWORD", "GATEWAY_BROKER_PASSWORD"),
    "REDIS_PASSWORD",
)
_KEY_FILES = ("auth-keys", "todos-keys")


def write(checkout: Checkout) -> int:
    """What is there already stays, in `.env` as among the keys."""
    file = checkout.root / ".env"
    known = read_dotenv(file)
    missing = [name for name in _PASSWORDS if not known.get(name)]
    if missing:
        before = file.read_text() if file.exists() else "# Made by `make env`. Not committed.\n"
        if not before.endswith("\n"):
            before += "\n"
        # Hexadecimal, because some of them become part of a URL.
        write_private(file, before + "".join(f"{name}={secrets.token_hex(24)}\n" for name in missing))
    folder = checkout.local / "compose"
    for name in _KEY_FILES:
        # Containers read it as a user of their own; on this machine its folder lets nobody else in.
        Secrets(folder).key_file(name).chmod(0o644)
    show(f".env: {len(missing)} passwords made, {len(_PASSWORDS) - len(missing)} kept. Next: docker compose up --wait")
    return 0
