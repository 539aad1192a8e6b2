import base64
import stat
from pathlib import Path

from daybook.secrets import Secrets, write_private


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestSecrets:
    def test_are_made_once(self, tmp_path: Path) -> None:
        secrets = Secrets(tmp_path / "secrets")

        assert secrets.password("redis") == Secrets(tmp_path / "secrets").password("redis")
        assert secrets.password("redis") != secrets.password("postgres")

    def test_are_for_their_owner_only(self, tmp_path: Path) -> None:
        secrets = Secrets(tmp_path / "secrets")
        secrets.password("redis")

        assert mode_of(tmp_path / "secrets") == 0o700
        assert mode_of(tmp_path / "secrets" / "redis") == 0o600
        assert mode_of(secrets.key_file("auth-keys")) == 0o600

    def test_hold_a_key_of_32_bytes_with_its_id(self, tmp_path: Path) -> None:
        name, key = Secrets(tmp_path).key_file("auth-keys").read_text().split()

        assert name == "local-1"
        assert len(base64.urlsafe_b64decode(key + "=")) == 32


class TestWritePrivate:
    def test_tightens_what_was_open(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_text("open")
        file.chmod(0o644)

        write_private(file, "closed")

        assert (file.read_text(), mode_of(file)) == ("closed", 0o600)
        assert list(tmp_path.iterdir()) == [file]
