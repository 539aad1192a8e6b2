"""The command line that all services have."""

import sys

import pytest
from pydantic_settings import BaseSettings

from chassis.service import main
from chassis.settings import HttpSettings, LogSettings


class Settings(BaseSettings):
    http: HttpSettings = HttpSettings(port=0)
    log: LogSettings = LogSettings()


def revoke(_: Settings, kid: str) -> None:
    """Take a key away.

    What comes further down is for who reads the code.
    """
    sys.stdout.write(f"{kid} is gone\n")


def check(file: str) -> None:
    """Say what is wrong
    with a file."""


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["auth", *words])
    main("auth", Settings, servers={"api": None}, commands={"keys revoke": revoke}, tools={"check": check})  # type: ignore[dict-item]


class TestHelp:
    def test_lists_everything_with_its_parameters(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(monkeypatch, "--help")

        assert capsys.readouterr().out.splitlines() == [
            "auth api",
            "    Run until told to stop.",
            "auth keys revoke <kid>",
            "    Take a key away.",
            "auth check <file>",
            "    Say what is wrong with a file.",
            "auth config",
            "    Print the settings, with secrets left out.",
        ]

    @pytest.mark.parametrize("words", [["keys", "--help"], ["keys", "revoke", "-h"], ["-h", "keys"]])
    def test_lists_what_begins_with_the_words_before_it(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        run(monkeypatch, *words)

        assert capsys.readouterr().out.splitlines() == ["auth keys revoke <kid>", "    Take a key away."]

    def test_lists_everything_where_nothing_begins_so(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(monkeypatch, "nonsense", "--help")

        assert "auth check <file>" in capsys.readouterr().out


class TestMain:
    def test_takes_words_that_begin_with_a_hyphen(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(monkeypatch, "keys", "revoke", "-58mOM")

        assert capsys.readouterr().out == "-58mOM is gone\n"

    @pytest.mark.parametrize("words", [[], ["nonsense"], ["keys", "revoke"], ["check", "one", "two"]])
    def test_says_what_it_takes(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        with pytest.raises(SystemExit) as left:
            run(monkeypatch, *words)

        assert left.value.code == 2
        assert "usage: auth" in capsys.readouterr().err
