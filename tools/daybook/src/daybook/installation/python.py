"""The virtual environment: exactly what `requirements.txt` locks, and our own packages in place."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

from daybook.checkout import Checkout
from daybook.debian import Packages
from daybook.failures import Failure
from daybook.installation.stamps import Stamp, fingerprint
from daybook.installation.turns import made
from daybook.questions import ask
from daybook.worksite import Worksite

# From the pinned name to the last of its hashes.
_UV = re.compile(r"^uv==(?:.*\\\n)*.*", re.MULTILINE)


def members(checkout: Checkout) -> list[Path]:
    """The packages that live in this repository."""
    workspace = tomllib.loads((checkout.root / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]
    return [checkout.root / member for member in workspace["members"]]


async def install(site: Worksite, packages: Packages) -> None:
    checkout = site.checkout
    projects = [member / "pyproject.toml" for member in members(checkout)]
    # The environment holds absolute paths, and libraries made for one version of Python.
    inputs: tuple[str | Path, ...] = (str(checkout.root), sys.version, checkout.root / "requirements.txt", *projects)
    stamp = Stamp(checkout.venv / ".daybook", fingerprint(*inputs))
    await made(site, "Python", stamp, lambda: _install(site, packages))


async def _install(site: Worksite, packages: Packages) -> None:
    checkout = site.checkout
    lock = checkout.root / "requirements.txt"
    pinned = lock.read_text()
    with site.progress.step("Python", f"{pinned.count('==')} packages from requirements.txt into .venv"):
        if not _fits(checkout.python):
            await site.run("setup-venv", sys.executable, "-m", "venv", "--clear", "--without-pip", checkout.venv)
        await _get_uv(site, packages, pinned)
        await _uv(site, "sync", "--require-hashes", lock)
        editable = [word for member in members(checkout) for word in ("-e", member)]
        # The backend that builds them is in the lock, so nothing is fetched that the lock does not name.
        await _uv(site, "install", "--offline", "--no-deps", "--no-build-isolation", *editable)


async def _get_uv(site: Worksite, packages: Packages, lock: str) -> None:
    pinned = _UV.search(lock)
    if not pinned:
        raise Failure("requirements.txt does not pin uv: `make lock` writes it anew.")
    requirement = site.checkout.local / "uv.txt"
    requirement.write_text(pinned[0] + "\n")
    pip = _bundled_pip() or await _pip_from_debian(packages)
    options = ("--require-hashes", "--only-binary=:all:", "--no-deps", "--no-input", "--disable-pip-version-check")
    await site.run("setup-uv", site.checkout.python, pip / "pip", "install", *options, "-r", requirement)


async def _uv(site: Worksite, verb: str, *arguments: str | Path) -> None:
    variables = {"UV_PYTHON_DOWNLOADS": "never"}
    if mirror := site.environment.get("PIP_INDEX_URL"):
        variables["UV_DEFAULT_INDEX"] = mirror
    uv = site.checkout.venv / "bin" / "uv"
    await site.run(
        f"setup-pip-{verb}", uv, "pip", verb, "--python", site.checkout.python, *arguments, variables=variables
    )


def _fits(python: Path) -> bool:
    """Whether this environment runs, and with the Python that we would make it with."""
    return ask(python, "-c", "import sys; print(sys.version)").text.strip() == sys.version


def _bundled_pip() -> Path | None:
    """A wheel of pip that came with Python: it runs without being installed."""
    ensurepip = importlib.util.find_spec("ensurepip")
    folders = [Path(ensurepip.origin).parent / "_bundled"] if ensurepip and ensurepip.origin else []
    for folder in (*folders, Path("/usr/share/python-wheels")):
        if found := sorted(folder.glob("pip-*.whl")):
            return found[-1]
    return None


async def _pip_from_debian(packages: Packages) -> Path:
    root = await packages.unpack("pip", ["python3-pip-whl"], with_dependencies=False)
    return next(root.glob("usr/share/python-wheels/pip-*.whl"))
