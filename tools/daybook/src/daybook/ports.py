"""Ports that nobody listens on, kept apart for us until we do."""

import errno
import socket
from collections.abc import Mapping

from daybook.failures import Failure

# From 32768 on the kernel hands ports out to clients, who may sit on ours when we come back.
_HIGHEST = 32767
_STEP = 20


class Ports:
    """Picks ports. A pick is a promise to other launchers on this machine as long as this object lives."""

    def __init__(self, remembered: Mapping[str, int] | None = None) -> None:
        self._remembered = dict(remembered or {})
        self._claims: list[socket.socket] = []
        self.picked: dict[str, int] = {}

    def pick(self, name: str, preferred: int) -> int:
        """The port of last time, else the preferred one, else the next free one."""
        remembered = [self._remembered[name]] if name in self._remembered else []
        candidates: list[int] = [*remembered, *range(preferred, _HIGHEST, _STEP)]
        for port in candidates:
            if is_free(port) and self._claim(port):
                self.picked[name] = port
                return port
        raise Failure(f"No port from {preferred} on is free for {name}.")

    def insist(self, name: str, port: int, *, variable: str) -> int:
        """A port that the person chose: this one or none."""
        if port in self.picked.values():
            raise Failure(f"Port {port} was chosen twice: set {variable} to another one.")
        if not (is_free(port) and self._claim(port)):
            raise Failure(
                f"Port {port} is taken: set {variable} to another one, for example {variable}={port + _STEP}."
            )
        self.picked[name] = port
        return port

    def _claim(self, port: int) -> bool:
        # An abstract socket name is taken on the whole machine, and free again when we die, however we die.
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0daybook/port/{port}")
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True

    def close(self) -> None:
        for claim in self._claims:
            claim.close()
        self._claims.clear()


def is_free(port: int) -> bool:
    """Free on both loopback addresses: a browser tries ::1 before 127.0.0.1 for `localhost`."""
    return _can_bind(socket.AF_INET, "127.0.0.1", port) and _can_bind(socket.AF_INET6, "::1", port)


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        probe = socket.socket(family, socket.SOCK_STREAM)
    except OSError:  # this machine has no IPv6
        return True
    with probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError as error:
            raise Failure(f"Port {port} is below 1024, which only root may use: choose a higher one.") from error
        except OSError as error:
            return error.errno == errno.EADDRNOTAVAIL  # this machine has no such address
    return True
