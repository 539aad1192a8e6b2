"""How PostgreSQL runs when we are root, which it refuses to be."""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from daybook.failures import Failure
from daybook.questions import ask

# In a user namespace of its own the files stay ours, and it works below a folder that only root may enter.
NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


@dataclass(frozen=True)
class Unprivileged:
    data: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None

    @classmethod
    def find(cls, data: Path, program: Path) -> "Unprivileged":
        if os.geteuid() != 0:
            return cls(data)
        if ask(*NAMESPACE, "true").code == 0:
            return cls(data, prefix=NAMESPACE)
        return cls.as_real_user(data, program)

    @classmethod
    def as_real_user(cls, data: Path, program: Path) -> "Unprivileged":
        """Where namespaces are forbidden: an existing user, and the data in a folder which that user may enter."""
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = known.get("postgres") or known.get("nobody")
        if not account or ask("test", "-x", program, user=account.pw_uid).code:
            raise Failure("PostgreSQL does not run as root, and no other user can reach it here: use an ordinary user.")
        elsewhere = Path("/var/tmp") / f"daybook-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"  # noqa: S108
        if not data.is_symlink():
            # What is there belongs to a stack that was deleted.
            shutil.rmtree(elsewhere, ignore_errors=True)
            elsewhere.mkdir(mode=0o700)
            os.chown(elsewhere, account.pw_uid, account.pw_gid)
            data.symlink_to(elsewhere)
        return cls(elsewhere / "postgres", user=account.pw_uid)
