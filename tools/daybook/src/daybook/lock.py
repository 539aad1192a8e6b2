"""`make lock`: from the `pyproject.toml` files to the exact versions and hashes that everything installs.

What uv resolves into, `uv.lock`, names the index it came from and is not committed; what is exported from it is not.
"""

import re
from pathlib import Path

from daybook.failures import Failure
from daybook.worksite import Worksite

# One file for developers, and one for each image with only what that image runs.
IMAGES = {"auth": "auth-service", "todos": "todos-service", "gateway": "gateway"}
_EXPORT = ("export", "--frozen", "--no-header", "--no-annotate", "--no-emit-workspace", "--format", "requirements.txt")


async def write(site: Worksite, uv: Path) -> None:
    await site.run("lock", uv, "lock")
    root = site.checkout.root
    await _export(site, uv, root / "requirements.txt", "--all-packages")
    for image, package in IMAGES.items():
        target = root / "deploy" / "images" / f"requirements-{image}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        await _export(site, uv, target, "--package", package, "--no-dev")


async def _export(site: Worksite, uv: Path, target: Path, *selection: str) -> None:
    await site.run(f"lock-{target.stem}", uv, *_EXPORT, *selection, "--output-file", target)
    site.progress.say(f"{target.relative_to(site.checkout.root)}: {_count(target)} packages")


def _count(target: Path) -> int:
    text = target.read_text()
    if re.search(r"https?://|^--", text, re.MULTILINE):
        raise Failure(f"{target.name} names an index or an address: dependencies come from the index by name only.")
    return text.count("==")
