"""What was measured or shown, with when, on what and of which commit: without these a figure says little."""

import json
import os
import platform
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daybook.checkout import Checkout
from daybook.questions import ask

_FOLDER = Path("docs/evidence")


def read(checkout: Checkout, name: str) -> dict[str, Any]:
    file = checkout.root / _FOLDER / f"{name}.json"
    known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return known


def write(checkout: Checkout, name: str, document: Mapping[str, Any]) -> Path:
    """To docs/evidence/<name>.json."""
    file = checkout.root / _FOLDER / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    return file


def stamp(checkout: Checkout) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(checkout),
        "machine": {
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
            "load": [round(each, 1) for each in os.getloadavg()],
            "additions_per_second": _speed(),
        },
    }


def commit(checkout: Checkout) -> str:
    """The one that is checked out, and whether files differ from it.

    Not those of the evidence: each that is written would make the next one look as if it were of something else.
    """
    git = ("git", "-C", checkout.root)
    head = ask(*git, "rev-parse", "--short=10", "HEAD").text.strip()
    if not head:
        return "unknown"
    differs = ask(*git, "diff", "--quiet", "HEAD", "--", ".", f":(exclude){_FOLDER}").code
    return f"{head}-dirty" if differs else head


def _speed() -> int:
    """What this machine manages at the moment, in the simplest thing that Python can do: says how slow it is."""
    count, begun = 300_000, time.perf_counter()
    total = 0
    for number in range(count):
        total += number
    return round(count / (time.perf_counter() - begun))
