"""Against a Context7 on this machine, which answers over real HTTP."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from daybook.checkout import Checkout
from daybook.documentation import Library, locked_version, look_up
from daybook.failures import Failure


class Context7(ThreadingHTTPServer):
    """Knows FastAPI. Remembers what it was asked, and may refuse."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], str | None]] = []
        self.refusal: tuple[int, dict[str, str]] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Context7

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, query, self.headers["Authorization"]))
        if self.server.refusal:
            status, headers = self.server.refusal
            return self._answer(status, b"{}", headers)
        if parts.path == "/libs/search":
            known = [{"id": "/fastapi/fastapi", "versions": ["0.164.0", "v0.165.0", "0.165.2", "0.170.1"]}]
            results = known if query["libraryName"] == "fastapi" else []
            return self._answer(200, json.dumps({"results": results}).encode())
        return self._answer(200, f"{query['libraryId']} on {query['query']}, {len(self.server.asked)}".encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal of the tests."""


@pytest.fixture
def context7(monkeypatch: pytest.MonkeyPatch) -> Iterator[Context7]:
    with Context7() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("CONTEXT7_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("CONTEXT7_API_KEY", raising=False)
        yield server
        server.shutdown()


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    (tmp_path / "requirements.txt").write_text("fastapi==0.165.1 \\\n    --hash=sha256:00\nuvicorn[standard]==0.54.0\n")
    (tmp_path / "frontend").mkdir()
    lock = {"packages": {"": {"version": "1.0.0"}, "node_modules/next": {"version": "16.4.5"}}}
    (tmp_path / "frontend" / "package-lock.json").write_text(json.dumps(lock))
    return Checkout(tmp_path)


class TestLookUp:
    def test_asks_about_the_version_that_is_locked(self, context7: Context7, clone: Checkout) -> None:
        assert look_up(clone, "fastapi", "lifespan events").startswith("/fastapi/fastapi/0.165.2 on lifespan events")
        assert [path for path, _, _ in context7.asked] == ["/libs/search", "/context"]

    def test_keeps_an_answer_and_asks_anew_when_told_to(self, context7: Context7, clone: Checkout) -> None:
        first = look_up(clone, "fastapi", "lifespan")

        assert look_up(clone, "fastapi", "lifespan") == first
        assert len(context7.asked) == 2
        assert look_up(clone, "fastapi", "lifespan", fresh=True) != first
        assert len(context7.asked) == 4

    def test_shows_its_key_if_it_has_one(
        self, context7: Context7, clone: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look_up(clone, "fastapi", "lifespan")
        monkeypatch.setenv("CONTEXT7_API_KEY", "ctx7sk-of-ours")
        look_up(clone, "fastapi", "lifespan", fresh=True)

        assert [key for _, _, key in context7.asked] == [None, None, *["Bearer ctx7sk-of-ours"] * 2]

    def test_says_that_a_library_is_not_known(self, context7: Context7, clone: Checkout) -> None:
        with pytest.raises(Failure, match="no library 'fastapy'"):
            look_up(clone, "fastapy", "lifespan")
        assert len(context7.asked) == 1

    @pytest.mark.parametrize(
        "status, headers, says",
        [
            (401, {}, "does not accept the key"),
            (404, {}, "no documentation"),
            (429, {"Retry-After": "7"}, "wait 7 s"),
            (503, {}, "answered 503"),
        ],
    )
    def test_says_in_a_sentence_why_there_is_no_answer_and_keeps_none(
        self, context7: Context7, clone: Checkout, status: int, headers: dict[str, str], says: str
    ) -> None:
        context7.refusal = status, headers
        with pytest.raises(Failure, match=says):
            look_up(clone, "fastapi", "lifespan")

        context7.refusal = None
        assert "lifespan" in look_up(clone, "fastapi", "lifespan")

    def test_says_that_it_cannot_be_reached(self, clone: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CONTEXT7_URL", "http://127.0.0.1:1")
        with pytest.raises(Failure, match="cannot be reached"):
            look_up(clone, "fastapi", "lifespan")


class TestLockedVersion:
    @pytest.mark.parametrize(
        "library, version",
        [("fastapi", "0.165.1"), ("FastAPI", "0.165.1"), ("uvicorn", "0.54.0"), ("next", "16.4.5")],
    )
    def test_is_that_of_either_lock(self, clone: Checkout, library: str, version: str) -> None:
        assert locked_version(clone, library) == version

    def test_is_none_of_what_we_do_not_use(self, clone: Checkout) -> None:
        assert locked_version(clone, "django") is None


class TestLibrary:
    @pytest.mark.parametrize(
        "versions, wanted, expected",
        [
            (["v3.1.0", "v3.2.1", "v4.0.0"], "3.5.0", "/a/b/v3.2.1"),
            (["0.9.1", "0.10.0"], "0.10.3", "/a/b/0.10.0"),
            (["1.0.0"], "2.0.0", "/a/b"),
            (["next"], "2.0.0", "/a/b"),
            ([], "2.0.0", "/a/b"),
            (["1.0.0"], None, "/a/b"),
        ],
    )
    def test_is_asked_for_in_the_release_line_that_is_used(
        self, versions: list[str], wanted: str | None, expected: str
    ) -> None:
        assert Library("/a/b", tuple(versions)).of_version(wanted) == expected
