import asyncio
import os
import signal
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import structlog
from tests.support.servers import Run, Service, until

from chassis.service import main
from daybook.supervision.processes import dying_with_us, kill_group
from gateway import table
from gateway.settings import Settings
from gateway.table import TableInvalid

SHIPPED = files("gateway").joinpath("table.toml").read_text()
_POLICY = '[[policies]]\nname = "p"\nquota = 1\nseconds = 1\ncounted = "account"\n'
# Settings of a gateway that finds nobody.
_AWAY = {
    "GATEWAY_AUTH_URL": "http://127.0.0.1:1",
    "GATEWAY_TODOS_URL": "http://127.0.0.1:1",
    "GATEWAY_REDIS__URL": "redis://127.0.0.1:1/0",
    "GATEWAY_BROKER__URL": "amqp://nobody@127.0.0.1:1/",
    "GATEWAY_FRONTEND_ORIGINS": "[]",
    "GATEWAY_REVOCATIONS__URL": "http://127.0.0.1:1/revocations.json",
    "GATEWAY_EVENTS__KEYS_URL": "http://127.0.0.1:1/jwks.json",
    "GATEWAY_TOKENS__ISSUER": "http://127.0.0.1:1",
    "GATEWAY_TOKENS__JWKS_URL": "http://127.0.0.1:1/jwks.json",
    "GATEWAY_HTTP__PORT": "0",
}
_ROUTE = '[[routes]]\npath = "{path}"\nupstream = "todos"\n{more}\n'


def row(path: str = "/todos", more: str = "") -> str:
    return _ROUTE.format(path=path, more=more) + _POLICY


class TestShippedTable:
    def test_is_in_order(self) -> None:
        read = table.read()
        assert len(read.routes.routes) > 10
        assert read.policies["sign-in"].guards

    def test_demands_a_token_wherever_todos_are(self) -> None:
        routes = table.read().routes.routes
        assert {route.auth for route in routes if route.path.startswith(("/todos", "/sync"))} == {"required"}

    def test_never_compresses_what_may_be_a_secret(self) -> None:
        assert not [route.path for route in table.read().routes.routes if route.cookies and route.gzip]


class TestParse:
    @pytest.mark.parametrize(
        "text, says",
        [
            ("routes", "Expected '='"),
            ("routes = []", "routes: there has to be at least one"),
            ("routes = []", "policies: there has to be at least one"),
            (f"policies = []\n{_ROUTE.format(path='/todos', more='')}", "policies: there has to be at least one"),
            (f"policies = 5\n{_ROUTE.format(path='/todos', more='')}", "policies: there has to be at least one"),
            (f"more = 1\n{row()}", "more: not known here"),
            (f"routes = [1]\n{_POLICY}", r"routes\.0: Input should be a dictionary"),
            (row("/todos/"), r"routes\.0\.path: String should match"),
            (row("todos"), r"routes\.0\.path: String should match"),
            (row("/to%64os"), r"routes\.0\.path: String should match"),
            (row("/todos/.."), r"routes\.0\.path: String should match"),
            (row(more="secnods = 1"), r"routes\.0\.secnods: Unexpected keyword"),
            (row(more="seconds = 0"), r"routes\.0\.seconds: Input should be greater than or equal to 0.1"),
            (row(more="seconds = 1e-9"), r"routes\.0\.seconds: Input should be greater"),
            (row(more="seconds = true"), r"routes\.0\.seconds: Input should be a valid number"),
            (row(more='seconds = "1"'), r"routes\.0\.seconds: Input should be a valid number"),
            (row(more="silence_seconds = 1e-9"), r"routes\.0\.silence_seconds: Input should be greater"),
            (row(more='max_body = "10"'), r"routes\.0\.max_body: Input should be a valid integer"),
            (row(more="max_body = 10.0"), r"routes\.0\.max_body: Input should be a valid integer"),
            (row(more="cookies = 1"), r"routes\.0\.cookies: Input should be a valid boolean"),
            (row(more='gzip = "no"'), r"routes\.0\.gzip: Input should be a valid boolean"),
            (row(more='limits = "p"'), r"routes\.0\.limits: Input should be a valid tuple"),
            (row(more='account = ""'), r"routes\.0\.account: String should have at least 1"),
            (row() + 'always = "yes"', r"policies\.0\.always: Input should be a valid boolean"),
            (row() + "guards = 1", r"policies\.0\.guards: Input should be a valid boolean"),
            (row().replace("quota = 1", 'quota = "5"'), r"policies\.0\.quota: Input should be a valid integer"),
            (row().replace("seconds = 1", "seconds = true"), r"policies\.0\.seconds: Input should be a valid integer"),
            (row(more="seconds = inf"), r"routes\.0\.seconds: Input should be a finite number"),
            (row(more="max_body = -1"), r"routes\.0\.max_body: Input should be greater"),
            (row(more='auth = "sometimes"'), r"routes\.0\.auth: Input should be 'optional' or 'required'"),
            (row().replace("todos", "nobody"), "/nobody: there is no upstream nobody; there are auth, todos"),
            (row("/internal"), "/internal: this address is never passed on"),
            (row("/docs/x"), "/docs/x: this address is never passed on"),
            (row(more='limits = ["q"]'), "/todos: there is no limit q; there are p"),
            (row(more='limits = ["p"]'), "/todos: a limit counts by account, but"),
            (row(more='account = "email"'), "/todos: with `account`, max_body can be 16384 at most"),
            (row() + _ROUTE.format(path="/todos", more=""), "/todos is in the route table twice"),
            (row() + _POLICY, "there are two limits called p"),
            (row().replace("quota = 1", "quota = 0"), r"policies\.0\.quota"),
            (row().replace("quota = 1", "quota = 9999999"), r"policies\.0: .*finer than a request a microsecond"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, says: str) -> None:
        with pytest.raises(TableInvalid, match=says):
            table.parse(text)

    def test_says_everything_that_is_wrong(self) -> None:
        with pytest.raises(TableInvalid) as refused:
            table.parse(
                row("/internal", 'limits = ["q", "r"]')
                + 2 * _ROUTE.format(path="/todos", more="")
                + _ROUTE.format(path="/sync", more='max_body = "10"\nseconds = true')
                + _POLICY.replace("quota = 1", "quota = 0").replace('"p"', '"q"')
                + _POLICY
            )
        assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
            "routes.3.seconds",
            "routes.3.max_body",
            "policies.1.quota",
            "/todos is in the route table twice",
            "there are two limits called p",
            "/internal",
            "/internal",
        ]
        # A limit that is not in order is there.
        assert "there is no limit r; there are p, q" in str(refused.value)
        assert "there is no limit q" not in str(refused.value)

    def test_a_file_that_is_not_there_is_said_to_be_so(self, tmp_path: Path) -> None:
        with pytest.raises(TableInvalid, match=r"cannot be read: .*No such file"):
            table.read(tmp_path / "nothing.toml")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["gateway", *words])
    main("gateway", Settings, servers={}, tools={"check": table.check})


class TestCheck:
    """`python -m gateway check FILE`, which needs no settings."""

    def test_says_that_a_file_is_in_order(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "table.toml"
        file.write_text(SHIPPED)
        run(monkeypatch, "check", str(file))
        assert "routes, " in capsys.readouterr().out

    def test_leaves_with_what_is_wrong(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "table.toml"
        file.write_text(row("/internal"))
        with pytest.raises(SystemExit, match="is not in order:\n  /internal: this address is never passed on"):
            run(monkeypatch, "check", str(file))

    @pytest.mark.parametrize("words", [["check"], ["check", "a", "b"]])
    def test_takes_one_file(self, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
        with pytest.raises(SystemExit):
            run(monkeypatch, *words)


class TestReload:
    async def test_takes_a_new_table_and_keeps_the_old_one_if_it_is_not_in_order(
        self, run_gateway: Run, todos: Service, tmp_path: Path
    ) -> None:
        known = SHIPPED.replace('auth = "required"', "")
        file = tmp_path / "table.toml"
        file.write_text(known)
        async with run_gateway(table=file) as gateway:
            assert (await gateway.client.get("/notes")).status_code == 404
            with structlog.testing.capture_logs() as logs:

                async def reloaded(text: str, event: str) -> None:
                    file.write_text(text)
                    os.kill(os.getpid(), signal.SIGHUP)
                    await until(lambda: event in [line["event"] for line in logs])

                await reloaded(known + '[[routes]]\npath = "/notes"\nupstream = "todos"\n', "table.taken")
                assert (await gateway.client.get("/notes/1")).status_code == 200
                await reloaded('[[routes]]\npath = "/internal"\n', "table.refused")
                assert (await gateway.client.get("/notes/1")).status_code == 200
            refused = next(line for line in logs if line["event"] == "table.refused")
            assert "routes.0.upstream: Field required" in refused["faults"]
        assert len(todos.asked) >= 2

    async def test_leaves_the_signal_as_it_was(self, run_gateway: Run) -> None:
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            async with run_gateway():
                assert signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGHUP, before)

    async def test_before_there_is_anything_to_read_again_ends_nothing(self, tmp_path: Path) -> None:
        log_file = tmp_path / "log"
        with log_file.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *dying_with_us(signal.SIGKILL),
                *(sys.executable, "-X", "importtime", "-m", "gateway", "api"),
                env={**os.environ, **_AWAY},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            # A part of it is there, the rest is not.
            await until(lambda: "chassis.problems" in log_file.read_text(), within=60)
            process.send_signal(signal.SIGHUP)
            # Only what runs looks for keys.
            await until(
                lambda: process.returncode is not None or "keys.fetch_failed" in log_file.read_text(), within=60
            )
            assert process.returncode is None
        finally:
            kill_group(process.pid)
            await process.wait()
