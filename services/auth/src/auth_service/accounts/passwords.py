"""Password hashing (argon2id) in threads of its own: one hash takes tens of milliseconds of CPU."""

import asyncio
import os
import secrets
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chassis.problems import ServiceUnavailable

T = TypeVar("T")


class Busy(ServiceUnavailable):
    """Hashing is what a flood of sign-ins costs; the line for it is short, so that nothing else waits for it."""

    status, slug, title = 503, "busy", "Too many people are signing in at this moment"


# OWASP's first recommendation with the least memory: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# More threads finish no more hashes on few cores, but they make the event loop wait longer.
_THREADS = 2
# Half a second's work for a fast machine, a few seconds' for a slow one. Whoever would wait longer is told at once.
_WAITING = 32
_RETRY_SECONDS = 2
_NICENESS = 5


class Passwords:
    """Hashes and verifies. At most `threads` at a time; whoever finds `waiting` others in line is turned away."""

    def __init__(self, hasher: PasswordHasher = HASHER, *, threads: int = _THREADS, waiting: int = _WAITING) -> None:
        self._hasher = hasher
        self._capacity, self._pending = threads + waiting, 0
        self._executor = ThreadPoolExecutor(threads, "passwords", initializer=_step_back)
        self._nobody = _hash_of_nothing(hasher)

    async def hash(self, password: str) -> str:
        return await self._run(lambda: str(self._hasher.hash(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Without a hash to compare with, the answer is no, after the same work."""
        return await self._run(lambda: self._matches(password, password_hash or self._nobody))

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than are used now."""
        return bool(self._hasher.check_needs_rehash(password_hash))

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return bool(self._hasher.verify(password_hash, password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._pending >= self._capacity:
            raise Busy(retry_after=_RETRY_SECONDS)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._pending -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)


def _hash_of_nothing(hasher: PasswordHasher) -> str:
    """A hash that no password has, and that takes as long to compare with as a real one."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).rstrip(b"=").decode() for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${digest}"


def _step_back() -> None:
    # On Linux each thread has its own priority: those who hash let those who answer go first.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
