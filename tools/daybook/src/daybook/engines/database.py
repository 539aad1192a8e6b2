"""The database that the services share, with a role for each of them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from daybook.checkout import Checkout
from daybook.engines.roles import Administrator, Role, find_psql
from daybook.failures import Failure
from daybook.secrets import Secrets

_NAME = "daybook"


@dataclass(frozen=True)
class ServiceDatabase:
    administrator: Administrator
    # None is the one that the administrator's URL names.
    name: str | None
    roles: Mapping[str, Role]
    removed_afterwards: bool = False

    @classmethod
    def plan(
        cls, checkout: Checkout, kept: Secrets, services: Sequence[str], url: str, *, ours: bool, ephemeral: bool
    ) -> "ServiceDatabase":
        """In a cluster of ours, always the same; in somebody else's, what the URL says, or a throw-away one."""
        psql = find_psql(checkout.packages)
        if not psql:
            raise Failure("psql is not here: `apt-get install postgresql-client`.")
        removed_afterwards = ephemeral and not ours
        prefix = f"{_NAME}_{secrets.token_hex(4)}" if removed_afterwards else _NAME
        roles = {each: Role(f"{prefix}_{each}", kept.password(f"postgres-{each}")) for each in services}
        name = prefix if ours or removed_afterwards else None
        return cls(Administrator(url, psql), name, roles, removed_afterwards)

    @property
    def url(self) -> str:
        """The administrator's."""
        parts = urlsplit(self.administrator.url)
        return parts._replace(path=f"/{self.name}").geturl() if self.name else self.administrator.url

    def url_of(self, service: str) -> str:
        return self.roles[service].url(self.administrator.url, database=self.name)

    def make(self, checkout: Checkout) -> None:
        if self.name:
            self.administrator.make_database(self.name)
        self.administrator.make_roles(checkout, self.roles, database=self.name)

    def remove(self) -> None:
        if self.removed_afterwards:
            self.administrator.run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE);")
            for role in self.roles.values():
                self.administrator.run(f"DROP ROLE IF EXISTS {role.name};")
