"""Small questions to a port: does it answer, and with what?"""

import asyncio
from urllib.parse import urlsplit

_PATIENCE = 2.0


async def answer(port: int, question: bytes, size: int = 64) -> bytes:
    """The first bytes that come back, or nothing when nobody answers."""
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(question)
                return await reader.read(size)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


async def http_status(url: str) -> int:
    """The status of a GET, 0 when there is no answer."""
    parts = urlsplit(url)
    question = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    words = (await answer(parts.port or 80, question.encode())).split(b" ", 2)
    return int(words[1][:3]) if len(words) > 1 and words[1][:3].isdigit() else 0
