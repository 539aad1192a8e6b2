"""The app: its locked npm packages, and the build that the app's server serves."""

from pathlib import Path

from daybook.installation.stamps import Stamp, files_below, fingerprint
from daybook.questions import ask
from daybook.worksite import Worksite

# Made by tools, or not part of what is built.
_NOT_SOURCES = (
    *("node_modules", ".next", "e2e", "coverage", "test-results", "playwright-report", "screenshots"),
    *("next-env.d.ts", "tsconfig.tsbuildinfo"),
)
_QUIET = {
    "NEXT_TELEMETRY_DISABLED": "1",
    # Tests use Debian's Chromium.
    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
}


async def install(site: Worksite) -> None:
    folder = site.checkout.frontend
    manifests = [folder / "package.json", folder / "package-lock.json"]
    stamp = Stamp(folder / "node_modules" / ".daybook", fingerprint(node_version(), *manifests))
    if stamp.is_fresh:
        return
    stamp.lift()
    with site.progress.step("npm", "packages from package-lock.json into frontend/node_modules"):
        await site.run("setup-npm", "npm", "ci", "--no-audit", "--no-fund", cwd=folder, variables=_variables(site))
    stamp.set()


async def build(site: Worksite) -> None:
    folder = site.checkout.frontend
    sources = list(files_below(folder, without=_NOT_SOURCES))
    stamp = Stamp(folder / ".next" / ".daybook", fingerprint(node_version(), *sources))
    if stamp.is_fresh:
        return
    stamp.lift()
    with site.progress.step("app", "building"):
        await site.run("setup-app", "npm", "run", "build", cwd=folder, variables=_variables(site))
    stamp.set()


def node_version() -> str:
    """Without the leading v; empty when there is no node."""
    return ask("node", "--version").text.strip().removeprefix("v")


def _variables(site: Worksite) -> dict[str, str]:
    # npm looks for its cache in the home directory of the account, whatever HOME says.
    return {**_QUIET, "npm_config_cache": str(Path(site.environment["HOME"]) / ".npm")}
