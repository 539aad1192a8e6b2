"""Looks up the documentation of a library we use, in the version we use, at Context7.

The answer is kept below `.local/documentation`, so that the same question costs one request and can be asked offline.
"""

import hashlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from daybook.checkout import Checkout
from daybook.failures import Failure

_CONTEXT7 = "https://context7.com/api/v2"
_SECONDS = 30
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Library:
    """A library as Context7 knows it, by an id such as `/fastapi/fastapi`."""

    id: str
    versions: tuple[str, ...] = ()

    def of_version(self, wanted: str | None) -> str:
        """The id with the version that is closest to the one wanted, if one of its release line is there."""
        line = _line(wanted)
        same = [version for version in self.versions if line and _line(version) == line]
        return f"{self.id}/{max(same, key=_numbers)}" if same else self.id


class Context7:
    """`CONTEXT7_API_KEY` allows more requests; `CONTEXT7_URL` is for one of one's own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._url = environment.get("CONTEXT7_URL", _CONTEXT7).rstrip("/")
        self._key = environment.get("CONTEXT7_API_KEY", "")

    def find(self, name: str, question: str) -> Library:
        """The library that fits best. Raises Failure if there is none."""
        answer = json.loads(self._get("libs/search", libraryName=name, query=question))
        found: list[dict[str, Any]] = answer["results"] if isinstance(answer, dict) else answer
        if not found:
            raise Failure(f"Context7 knows no library {name!r}: try the name of its repository.")
        return Library(found[0]["id"], tuple(found[0].get("versions") or ()))

    def ask(self, library_id: str, question: str) -> str:
        return self._get("context", libraryId=library_id, query=question, type="txt")

    def _get(self, path: str, **parameters: str) -> str:
        request = urllib.request.Request(f"{self._url}/{path}?{urllib.parse.urlencode(parameters)}")  # noqa: S310
        if self._key:
            request.add_header("Authorization", f"Bearer {self._key}")
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 (https, unless told otherwise)
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                raise Failure(_refusal(error)) from error
        except OSError as error:
            raise Failure(f"Context7 cannot be reached at {self._url}: {getattr(error, 'reason', error)}.") from error


def look_up(checkout: Checkout, library: str, question: str, *, fresh: bool = False) -> str:
    """What the documentation of the library says about the question, in the version that is locked here.

    Raises Failure with one sentence when Context7 is away, refuses, or knows no such library.
    """
    version = locked_version(checkout, library)
    kept = checkout.local / "documentation" / f"{_digest(library, version or '', question)}.md"
    if fresh or not kept.exists():
        context7 = Context7(checkout.environment())
        text = context7.ask(context7.find(library, question).of_version(version), question)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(text)
    return kept.read_text()


def locked_version(checkout: Checkout, library: str) -> str | None:
    """Which version the lock of the services or of the app names."""
    name = re.sub(r"[-_.]+", "-", library).lower()
    for lock in sorted(checkout.root.glob("requirements*.txt")):
        pinned = re.search(rf"^{re.escape(name)}(?:\[[^]]*])?==([^\s;]+)", lock.read_text(), re.MULTILINE)
        if pinned:
            return pinned[1]
    return _locked_by_npm(checkout.frontend / "package-lock.json", library)


def _locked_by_npm(lock: Path, library: str) -> str | None:
    if not lock.exists():
        return None
    version = json.loads(lock.read_text())["packages"].get(f"node_modules/{library}", {}).get("version")
    return str(version) if version else None


def _refusal(error: urllib.error.HTTPError) -> str:
    match error.code:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return "Context7 does not accept the key: set CONTEXT7_API_KEY to one of yours."
        case HTTPStatus.NOT_FOUND:
            return "Context7 has no documentation of that."
        case HTTPStatus.TOO_MANY_REQUESTS:
            seconds = error.headers.get("Retry-After")
            wait = f"wait {seconds} s" if seconds else "wait"
            return f"Context7 has answered often enough for now: {wait}, or set CONTEXT7_API_KEY."
        case _:
            return f"Context7 answered {error.code}: try again later."


def _line(version: str | None) -> str | None:
    """The release line: `3` of 3.1.4, and `0.165` of 0.165.2, where each minor release may change everything."""
    numbers = _numbers(version or "")
    if not numbers:
        return None
    return ".".join(map(str, numbers[: 1 if numbers[0] else 2]))


def _numbers(version: str) -> tuple[int, ...]:
    number = _NUMBER.search(version)
    return tuple(int(part) for part in number[0].split(".")) if number else ()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
