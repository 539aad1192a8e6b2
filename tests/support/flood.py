"""People who do not know their password and come at a steady rate: a program of its own, so that what it costs is not
taken for what it does to others.

`python -m tests.support.flood '{"port": 8000, …}'` prints how often each status was answered, as JSON. Answers are
read no further than that takes; a client library would need more time for each than the gateway does.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass

_CONNECTIONS = 256
# However long they stand in line: what is not answered by then, is counted as that.
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Flood:
    port: int
    origin: str
    a_second: int
    seconds: float
    # From one address, or from so many as there are guesses, as a proxy before the gateway would name them.
    from_everywhere: bool

    async def send(self) -> Counter[str]:
        """In a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, json.dumps(asdict(self)), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0
        return Counter(json.loads(printed))

    def request(self, number: int) -> bytes:
        body = json.dumps({"email": f"nobody-{number}@people.example", "password": "wrong horse battery staple"})
        forwarded = f"198.18.{number // 250 % 250}.{number % 250 + 1}" if self.from_everywhere else "198.19.0.1"
        return (
            f"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nOrigin: {self.origin}\r\nX-Forwarded-For: {forwarded}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


class Flooding:
    def __init__(self, flood: Flood) -> None:
        self._flood, self._number = flood, 0
        self.answers = Counter[str]()

    async def run(self) -> None:
        """Everybody in turn takes the next guess that is due; who comes late finds several."""
        started = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as connections:
            for _ in range(_CONNECTIONS):
                connections.create_task(self._guess_on(started))

    async def _guess_on(self, started: float) -> None:
        loop, flood = asyncio.get_running_loop(), self._flood
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while (number := self._number) < flood.a_second * flood.seconds:
            self._number += 1
            await asyncio.sleep(max(0.0, started + number / flood.a_second - loop.time()))
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    reader, writer = connection or await asyncio.open_connection("127.0.0.1", flood.port)
                    writer.write(flood.request(number))
                    status, goes_on = await _read(reader)
            except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                self.answers[type(error).__name__] += 1
                connection = None
                continue
            self.answers[status] += 1
            connection = (reader, writer) if goes_on else None
            if not goes_on:
                writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[str, bool]:
    """The status of an answer, and whether another one may come on the same connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    await reader.readexactly(int(fields["content-length"]))
    return head.split(" ", 2)[1], fields.get("connection") != "close"


async def _main() -> None:
    flooding = Flooding(Flood(**json.loads(sys.argv[1])))
    await flooding.run()
    print(json.dumps(flooding.answers))  # noqa: T201 (what it is for)


if __name__ == "__main__":
    asyncio.run(_main())
