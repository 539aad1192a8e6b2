"""What this machine has to have, and what to do about what it lacks."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from daybook.checkout import Checkout
from daybook.engines.roles import find_psql
from daybook.engines.room import ENGINES
from daybook.failures import Failure
from daybook.installation.frontend import node_version

_NODE = (20, 19)
_GIB = 1 << 30
# The first time: 0.5 GB of Python packages, 0.6 of npm's, 0.3 of engines, caches beside them, and room for data.
_FIRST_TIME_BYTES, _LATER_BYTES = 3 * _GIB, _GIB // 2


@dataclass(frozen=True)
class Finding:
    topic: str
    good: bool
    says: str


Check = Callable[[Checkout, Mapping[str, str]], Finding]


def examine(checkout: Checkout, environment: Mapping[str, str]) -> Iterator[Finding]:
    for check in (_folder, _space, _node, _npm, _tools, _engines):
        yield check(checkout, environment)


def demand(checkout: Checkout, environment: Mapping[str, str]) -> None:
    for finding in examine(checkout, environment):
        if not finding.good:
            raise Failure(finding.says)


def _folder(checkout: Checkout, _: Mapping[str, str]) -> Finding:
    root = checkout.root
    if any(character.isspace() for character in str(root)):
        return Finding(
            "folder", good=False, says="RabbitMQ's scripts break at the space in this path: clone elsewhere."
        )
    if not os.access(checkout.local if checkout.local.exists() else root, os.W_OK):
        return Finding("folder", good=False, says=f"You may not write in {root}: clone it as yourself, or chown it.")
    return Finding("folder", good=True, says=str(root))


def _space(checkout: Checkout, _: Mapping[str, str]) -> Finding:
    needed = _LATER_BYTES if (checkout.venv / ".daybook").exists() else _FIRST_TIME_BYTES
    free = shutil.disk_usage(checkout.root).free
    text = f"{free / _GIB:.1f} GB free"
    if free < needed:
        text = f"Only {text} for {checkout.root}: free at least {needed / _GIB:.1f} GB."
    return Finding("disk", good=free >= needed, says=text)


def _node(_: Checkout, __: Mapping[str, str]) -> Finding:
    version = node_version()
    wanted = ".".join(str(part) for part in _NODE)
    if not version:
        return Finding("node", good=False, says=f"Node.js is not here: install {wanted} or newer, with npm.")
    if tuple(int(part) for part in version.split(".")[:2]) < _NODE:
        return Finding("node", good=False, says=f"Node.js here is {version}: install {wanted} or newer, with npm.")
    return Finding("node", good=True, says=version)


def _npm(_: Checkout, __: Mapping[str, str]) -> Finding:
    npm = shutil.which("npm")
    return Finding("npm", good=bool(npm), says=npm or "npm is not here: install the one that belongs to your Node.js.")


def _tools(_: Checkout, __: Mapping[str, str]) -> Finding:
    missing = [tool for tool in ("setpriv", "xargs", "sh") if not shutil.which(tool)]
    text = f"{' and '.join(missing)} is not here: `apt-get install util-linux findutils`." if missing else "all there"
    return Finding("tools", good=not missing, says=text)


def _engines(checkout: Checkout, environment: Mapping[str, str]) -> Finding:
    needed = [engine for engine in ENGINES.values() if not environment.get(engine.variable)]
    missing = [engine.name for engine in needed if not engine.find(checkout.packages)]
    if not find_psql(checkout.packages):
        missing.append("psql")
    if missing and not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        urls = ", ".join(engine.variable for engine in needed)
        text = f"There is no apt-get to fetch {', '.join(missing)} with: install it, or set {urls} to servers you run."
        return Finding("engines", good=False, says=text)
    return Finding("engines", good=True, says=f"to be fetched: {', '.join(missing)}" if missing else "all there")
