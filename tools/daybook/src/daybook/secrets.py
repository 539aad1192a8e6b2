"""Passwords and keys of one local stack: made once, readable by their owner only."""

import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path


class Secrets:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def password(self, name: str) -> str:
        return self._made_once(name, secrets.token_hex(24)).read_text()

    def key_file(self, name: str) -> Path:
        """A key-encryption key file: one key a line, `<id> <base64url of 32 bytes>`."""
        key = urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        return self._made_once(name, f"local-1 {key}\n")

    def _made_once(self, name: str, text: str) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._directory / name
        if not file.exists():
            write_private(file, text)
        return file


def write_private(file: Path, text: str) -> None:
    """Replaces the file in one step, so that it is never seen half written or readable by others."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    unfinished.replace(file)
