"""Password hashing (argon2id) in threads of its own: one hash takes tens of milliseconds of CPU."""

import asyncio
import os
import secrets
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from auth_service.accounts import rules
from auth_service.accounts.rules import Whose
from auth_service.settings import PasswordSettings
from chassis.problems import InvalidRequest, ServiceUnavailable

log = structlog.get_logger()

T = TypeVar("T")


class Busy(ServiceUnavailable):
    """Hashing is what a flood of sign-ins costs; the line for it is short, so that nothing else waits for it."""

    status, slug, title = 503, "busy", "Too many people are signing in at this moment"


# On two cores one is for those who answer. On many it stays at two: a container sees more of them than are its own,
# and more sign-ins at once are a matter of more processes.
_THREADS = max(1, min(2, len(os.sched_getaffinity(0)) // 2))
# Half a second's work for a fast machine.
_WAITING = 32
# For a slow one, or one where others hash as well, it would be more than what the gateway waits for. Whoever would
# wait longer is told at once.
_LONGEST_WAIT_SECONDS = 3.0
_RETRY_SECONDS = 2
# How much the last hash says about the next one.
_WEIGHT = 0.2
_NICENESS = 5
_MODEST = PasswordSettings()


def unmatchable(password_hash: str) -> str:
    """A hash of no password, which takes as long to compare with as this one."""
    parameters, _, digest = password_hash.rpartition("$")
    # Base64 without padding: four characters stand for three bytes.
    other = b64encode(secrets.token_bytes(len(digest) * 3 // 4)).decode().rstrip("=")
    return f"{parameters}${other}"


class Passwords:
    """Hashes and verifies, at most `threads` at a time.

    Whoever finds `waiting` others in line, or a line that takes seconds by what the last hashes took, is turned away.
    """

    def __init__(self, hasher: PasswordHasher, *, threads: int = _THREADS, waiting: int = _WAITING) -> None:
        self._hasher = hasher
        self._threads, self._capacity, self._pending = threads, threads + waiting, 0
        self._usual_seconds = 0.0
        self._executor = ThreadPoolExecutor(threads, "passwords", initializer=_step_back)
        self._nobody = _hash_of_nothing(hasher)

    @classmethod
    def costing(cls, settings: PasswordSettings) -> Self:
        """Hashes are worth no more than they cost an attacker who has stolen them: a small cost is warned of."""
        if settings.memory_kib * settings.passes < _MODEST.memory_kib * _MODEST.passes:
            log.warning("passwords.cheap", memory_kib=settings.memory_kib, passes=settings.passes)
        return cls(PasswordHasher(time_cost=settings.passes, memory_cost=settings.memory_kib, parallelism=1))

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
        if self._pending >= self._capacity or self._expected_wait() > _LONGEST_WAIT_SECONDS:
            raise Busy(retry_after=_RETRY_SECONDS)
        self._pending += 1
        try:
            result, seconds = await asyncio.get_running_loop().run_in_executor(self._executor, _timed, work)
        finally:
            self._pending -= 1
        self._usual_seconds += _WEIGHT * (seconds - self._usual_seconds)
        return result

    def _expected_wait(self) -> float:
        in_line = max(0, self._pending + 1 - self._threads)
        return in_line * self._usual_seconds / self._threads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)


async def new_hash(
    passwords: Passwords, password: str, whose: Whose, *, pointer: str, has_second_factor: bool = False
) -> str:
    """The hash of a password that is good enough; raises InvalidRequest, pointing at it, for one that is not."""
    fault = await asyncio.to_thread(rules.fault_of, password, whose, has_second_factor=has_second_factor)
    if fault is not None:
        raise InvalidRequest(errors=[{"pointer": pointer, "detail": fault}])
    return await passwords.hash(password)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


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
