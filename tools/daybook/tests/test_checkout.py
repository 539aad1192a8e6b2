from pathlib import Path

import pytest

from daybook.checkout import Checkout, read_dotenv
from daybook.failures import Failure


class TestReadDotenv:
    def test_reads_names_and_values(self, tmp_path: Path) -> None:
        file = tmp_path / ".env"
        file.write_text("# ports\nDAYBOOK_APP_PORT=3100\nexport A='one # two'\nB=three # comment\nC=\n\nD=\"x=y\"\n")

        assert read_dotenv(file) == {"DAYBOOK_APP_PORT": "3100", "A": "one # two", "B": "three", "C": "", "D": "x=y"}

    def test_is_empty_without_a_file(self, tmp_path: Path) -> None:
        assert read_dotenv(tmp_path / ".env") == {}

    def test_says_which_line_it_does_not_understand(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("A=1\nnonsense\n")

        with pytest.raises(Failure, match="line 2"):
            read_dotenv(tmp_path / ".env")


class TestEnvironment:
    def test_completes_the_person_s_own_with_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("REDIS_URL=redis://file\nRABBITMQ_URL=amqp://file\n")
        monkeypatch.setenv("REDIS_URL", "redis://environment")
        monkeypatch.delenv("RABBITMQ_URL", raising=False)

        environment = Checkout(tmp_path).environment()

        assert (environment["REDIS_URL"], environment["RABBITMQ_URL"]) == ("redis://environment", "amqp://file")

    def test_leaves_out_what_is_about_this_process(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONPATH", "here")
        monkeypatch.setenv("MAKEFLAGS", "k")

        assert {"PYTHONPATH", "MAKEFLAGS"}.isdisjoint(Checkout(tmp_path).environment())

    def test_gives_a_home_to_who_has_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/nonexistent")

        assert Checkout(tmp_path).environment()["HOME"] == str(tmp_path / ".local" / "home")
