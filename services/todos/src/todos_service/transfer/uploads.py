"""A file on its way in, piece by piece, and no further than it may be long; and how many come in at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Self
from uuid import UUID

import structlog

from chassis.encryption import Cipher, new_key
from chassis.problems import ContentTooLarge, ServiceUnavailable

log = structlog.get_logger()

_AT_ONCE = 4
_BUSY_SECONDS = 10
_TURN_SECONDS = 0.02
# Of a file that is kept until it is whole; what is more is on disk.
_IN_MEMORY = 1024 * 1024
# So much is sealed at a time.
_BLOCK = 64 * 1024
_LENGTH_BYTES = 4


class Imports:
    """Those under way at this process. Each takes memory and time that others wait for, so there are few."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self._owners: set[UUID] = set()

    @property
    def under_way(self) -> int:
        return len(self._owners)

    @contextmanager
    def one_of(self, owner_id: UUID) -> Iterator[None]:
        if owner_id in self._owners:
            raise ServiceUnavailable("Another import of yours is under way", retry_after=_BUSY_SECONDS)
        if len(self._owners) >= self._at_once:
            raise ServiceUnavailable("Too many imports are under way", retry_after=_BUSY_SECONDS)
        self._owners.add(owner_id)
        try:
            yield
        finally:
            self._owners.discard(owner_id)


class Pace:
    """Lets others have their turn whenever reading has taken a while."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()

    async def rest(self) -> None:
        if self._loop.time() - self._since > _TURN_SECONDS:
            await asyncio.sleep(0)
            self._since = self._loop.time()


class Upload:
    def __init__(self, pieces: AsyncIterator[bytes], *, most: int) -> None:
        self._pieces, self._most = pieces, most
        self._buffer, self._taken = b"", 0

    def limit(self, most: int) -> None:
        """For a format that is kept in memory as a whole."""
        self._most = min(self._most, most)

    async def read(self, size: int = -1) -> bytes:
        """As files do: up to so many bytes, none at the end, all of them for -1."""
        if size < 0:
            return await self._rest()
        if size and not self._buffer:
            self._buffer = await self._next()
        piece, self._buffer = self._buffer[:size], self._buffer[size:]
        return piece

    async def peek(self, size: int = 200) -> bytes:
        """The beginning, without taking it away."""
        while len(self._buffer) < size and (piece := await self._next()):
            self._buffer += piece
        return self._buffer[:size]

    async def _rest(self) -> bytes:
        pieces = [self._buffer]
        while piece := await self._next():
            pieces.append(piece)
        self._buffer = b""
        return b"".join(pieces)

    async def _next(self) -> bytes:
        """The next piece that is not empty; none at the end."""
        while (piece := await anext(self._pieces, None)) is not None:
            self._taken += len(piece)
            if self._taken > self._most:
                raise ContentTooLarge(f"A file to import has at most {self._most} bytes", limit=self._most)
            if piece:
                return piece
        return b""


class Spool:
    """Keeps a file that arrives until its end is known. What is too much for memory waits on disk, sealed by a key that
    nothing but this object has: no todo is ever on a disk as plain text."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)
        self._cipher = Cipher.of(new_key())
        self._block, self._blocks = bytearray(), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, piece: bytes) -> None:
        self._block += piece
        if len(self._block) >= _BLOCK:
            self._seal()

    def rewind(self) -> None:
        """From now on it is read."""
        self._seal()
        self._file.seek(0)
        self._blocks = 0

    async def read(self, size: int = -1) -> bytes:
        """As files do: up to so many bytes, none at the end."""
        if size == 0:
            return b""
        if not self._block:
            self._block = bytearray(self._open())
        end = len(self._block) if size < 0 else size
        piece = bytes(self._block[:end])
        del self._block[:end]
        return piece

    def _seal(self) -> None:
        sealed = self._cipher.seal(bytes(self._block), self._place())
        try:
            self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        except OSError as error:
            log.warning("import.not_kept", error=str(error))
            raise ServiceUnavailable("There is no room here to keep a file until it is whole") from error
        self._block.clear()

    def _open(self) -> bytes:
        length = int.from_bytes(self._file.read(_LENGTH_BYTES), "big")
        return self._cipher.open(self._file.read(length), self._place()) if length else b""

    def _place(self) -> bytes:
        """Binds each block to its place in the file."""
        self._blocks += 1
        return self._blocks.to_bytes(8, "big")
