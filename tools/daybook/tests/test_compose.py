import stat
from pathlib import Path

from daybook import compose, containers
from daybook.checkout import Checkout, read_dotenv


class TestWrite:
    def test_makes_every_password_and_key(self, tmp_path: Path) -> None:
        compose.write(Checkout(tmp_path))

        asked = (Path(__file__).parents[3] / "docker-compose.yml").read_text()
        for name in read_dotenv(tmp_path / ".env"):
            assert f"${{{name}" in asked, f"nobody asks for {name}"
        for name in ("auth-keys", "todos-keys"):
            assert f".local/compose/{name}" in asked
            assert (tmp_path / ".local/compose" / name).read_text().startswith("local-1 ")

    def test_keeps_what_is_there(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("DAYBOOK_APP_PORT=3100\nREDIS_PASSWORD=mine")

        compose.write(Checkout(tmp_path))
        once = (tmp_path / ".env").read_text()
        compose.write(Checkout(tmp_path))

        assert (tmp_path / ".env").read_text() == once
        assert read_dotenv(tmp_path / ".env")["REDIS_PASSWORD"] == "mine"
        assert read_dotenv(tmp_path / ".env")["DAYBOOK_APP_PORT"] == "3100"

    def test_shows_them_to_nobody_else_on_this_machine(self, tmp_path: Path) -> None:
        compose.write(Checkout(tmp_path))

        assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / ".local/compose").stat().st_mode) == 0o700
        # A container's user has another number.
        assert stat.S_IMODE((tmp_path / ".local/compose/auth-keys").stat().st_mode) == 0o644


class TestLimits:
    def test_are_the_gateways_own_unless_the_environment_says_otherwise(self) -> None:
        """A name without a value is passed through where it is set, and left out where it is not."""
        lines = (Path(__file__).parents[3] / "docker-compose.yml").read_text().splitlines()

        for name in containers.LIMITS:
            assert f"      {name}:" in lines
