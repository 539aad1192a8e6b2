"""The database of the services and their roles in it, made by `deploy/postgres/roles.sql`."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from urllib.parse import SplitResult, quote, unquote, urlsplit

from daybook.checkout import Checkout
from daybook.engines.binaries import Binary
from daybook.failures import Failure
from daybook.questions import ask

_MAKE_DATABASE = """
SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
"""


@dataclass(frozen=True)
class Administrator:
    """Runs SQL with psql, as the one whom the URL names."""

    url: str
    psql: Binary

    def run(self, script: str, database: str | None = None) -> str:
        """Script and password go another way than the command line, which everybody on the machine can read."""
        url, password = _for_libpq(self.url, database)
        options = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")
        try:
            answer = ask(
                *(self.psql.program, *options, "-d", url), env={**self.psql.env, "PGPASSWORD": password}, said=script
            )
        except TimeoutExpired as error:
            raise Failure(f"{_shown(self.url)} does not answer: is that PostgreSQL reachable from here?") from error
        if answer.code:
            raise Failure(f"{_shown(self.url)} refuses: {answer.complaint.strip()}")
        return answer.text

    def make_database(self, name: str) -> None:
        self.run(f"\\set name {_quoted(name)}\n{_MAKE_DATABASE}")

    def make_roles(self, checkout: Checkout, roles: Mapping[str, "Role"], *, database: str | None = None) -> None:
        """One role for each service. Run again, it sets their passwords."""
        settings = [
            f"\\set {service}_{name} {_quoted(value)}"
            for service, role in roles.items()
            for name, value in (("role", role.name), ("password", role.password))
        ]
        script = checkout.root / "deploy" / "postgres" / "roles.sql"
        self.run("\n".join([*settings, script.read_text()]), database)


@dataclass(frozen=True)
class Role:
    name: str
    password: str

    def url(self, administrator_url: str, *, database: str | None = None) -> str:
        """The same server and options for this role, perhaps in another database."""
        parts = _in_database(administrator_url, database)
        place = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{self.name}:{quote(self.password, safe='')}@{place}").geturl()


def find_psql(packages: Path) -> Binary | None:
    """The real program rather than Debian's wrapper around it, which needs Perl."""
    for root in (None, packages / "postgres", packages / "psql"):
        found = (root or Path("/")).glob("usr/lib/postgresql/*/bin/psql")
        if newest := max(found, key=lambda each: int(each.parts[-3]), default=None):
            return Binary(newest, root)
    other = shutil.which("psql")
    return Binary(Path(other)) if other else None


def _for_libpq(url: str, database: str | None) -> tuple[str, str]:
    """Without the name of a Python driver, and the password apart."""
    parts = _in_database(url, database)
    credentials, _, place = parts.netloc.rpartition("@")
    user = credentials.partition(":")[0]
    address = f"{user}@{place}" if user else place
    return parts._replace(scheme="postgresql", netloc=address).geturl(), unquote(parts.password or "")


def _in_database(url: str, database: str | None) -> SplitResult:
    parts = urlsplit(url)
    return parts._replace(path=f"/{database}") if database else parts


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
