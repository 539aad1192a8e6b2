"""The app: its locked npm packages, and the build that the app's server serves."""

from pathlib import Path

from daybook.installation.stamps import Stamp, files_below, fingerprint
from daybook.installation.turns import made
from daybook.questions import ask
from daybook.worksite import Worksite

# Made by tools, or not part of what is built.
_NOT_SOURCES = (
    *("node_modules", ".next", "e2e", "coverage", "test-results", "playwright-report", "screenshots"),
    *("next-env.d.ts", "tsconfig.tsbuildinfo"),
    *("README.md", "biome.json", "playwright.config.ts", "vitest.config.ts", "tools"),
)
_QUIET = {
    "NEXT_TELEMETRY_DISABLED": "1",
    # Tests use Debian's Chromium.
    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
}


async def install(site: Worksite) -> None:
    await _installed(site, "npm", site.checkout.frontend)


async def install_lighthouse(site: Worksite) -> None:
    """In a folder of its own: it brings more packages than the app, and nothing else needs them."""
    await _installed(site, "lighthouse", site.checkout.frontend / "tools" / "lighthouse")


async def build(site: Worksite) -> None:
    folder = site.checkout.frontend
    # The service worker that the page loads is written by the build.
    sources = (each for each in files_below(folder, without=_NOT_SOURCES) if each != folder / "public" / "sw.js")
    stamp = Stamp(folder / ".next" / ".daybook", fingerprint(node_version(), *sources))
    await made(site, "app", stamp, lambda: _build(site))


async def _installed(site: Worksite, name: str, folder: Path) -> None:
    manifests = [folder / "package.json", folder / "package-lock.json"]
    stamp = Stamp(folder / "node_modules" / ".daybook", fingerprint(node_version(), *manifests))
    await made(site, name, stamp, lambda: _install(site, name, folder))


async def _install(site: Worksite, name: str, folder: Path) -> None:
    where = (folder / "node_modules").relative_to(site.checkout.root)
    with site.progress.step(name, f"packages from package-lock.json into {where}"):
        await _npm(site, f"setup-{name}", folder, "ci", "--no-audit", "--no-fund")


async def _build(site: Worksite) -> None:
    with site.progress.step("app", "building"):
        await _npm(site, "setup-app", site.checkout.frontend, "run", "build")


async def _npm(site: Worksite, log: str, folder: Path, *arguments: str) -> None:
    # npm looks for its cache in the home directory of the account, whatever HOME says.
    variables = {**_QUIET, "npm_config_cache": str(Path(site.environment["HOME"]) / ".npm")}
    await site.run(log, "npm", *arguments, cwd=folder, variables=variables)


def node_version() -> str:
    """Without the leading v; empty when there is no node."""
    return ask("node", "--version").text.strip().removeprefix("v")
