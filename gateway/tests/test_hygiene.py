from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.problems import BadRequest, Problem
from gateway import hygiene, table
from gateway.errors import ExpectationFailed, UpgradeNotOffered
from gateway.hygiene import CHUNKED
from gateway.routes import Route

_ANY_ENCODED = st.lists(st.integers(0, 255).map(lambda byte: b"%%%02x" % byte), max_size=2).map(b"".join)


def scope(path: bytes = b"/todos", *headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b"") -> Any:
    return {
        "type": "http",
        "method": method,
        "raw_path": path,
        "query_string": query,
        "scheme": "http",
        "client": ("192.0.2.1", 1),
        "headers": headers if any(name == b"host" for name, _ in headers) else [(b"host", b"api.test"), *headers],
    }


def passed_on(*headers: tuple[bytes, bytes], cookies: bool = False) -> list[bytes]:
    """The header lines that go to the service."""
    head = hygiene.write_head(hygiene.read(scope(b"/todos", *headers)), [], cookies=cookies)
    return head.split(b"\r\n")[1:-2]


class TestRead:
    @pytest.mark.parametrize(
        "path",
        [b"/", b"/todos", b"/todos/", b"/a.b/..c/.d", b"/%20%C3%a9%25%3A", b"/todos/a:b@c;d=e,f!$&'()*+", b"/..."],
    )
    def test_takes_a_plain_path(self, path: bytes) -> None:
        assert hygiene.read(scope(path)).path == path

    @pytest.mark.parametrize(
        "path",
        [
            b"", b"todos", b"*", b"//", b"//evil.test/todos", b"/todos//1", b"/todos/.", b"/todos/..", b"/./todos",
            b"/todos/../internal", b"/todos/%2e%2e/internal", b"/todos/%2E./x", b"/todos/.%2e/x", b"/todos%2f1",
            b"/todos%2F1", b"/todos%5c1", b"/todos\\..\\x", b"/todos%00", b"/todos\x00", b"/todos%0d%0aX:y",
            b"/todos%7f", b"/todos%", b"/todos%4", b"/todos%zz", b"/todos \t", b"/todos\xc3\xa9", b"/todos#x",
            b"/todo%73", b"/%74odos", b"/todos/%7e", b"/todos/%7E", b"/todos/%5f", b"/todos/%2D", b"/todos/%39",
            b"/todos?x", b"http://api.test/todos", b"/todos\n", b"/todos|", b'/todos"', b"/todos<", b"/[todos]",
        ],
    )  # fmt: skip
    def test_refuses_any_other(self, path: bytes) -> None:
        with pytest.raises(BadRequest):
            hygiene.read(scope(path))

    @given(st.binary(max_size=40).map(lambda tail: b"/" + tail))
    def test_a_path_it_takes_means_the_same_to_everybody(self, path: bytes) -> None:
        try:
            hygiene.read(scope(path))
        except Problem:
            return
        assert b"//" not in path
        assert path.isascii()
        assert not {b".", b".."} & set(path.split(b"/"))
        assert not any(word in path.lower() for word in (b"%2f", b"%5c", b"%2e", b"%0", b"%1", b"%7f", b"\\"))
        assert not any(byte <= 32 or byte == 127 for byte in path)

    @pytest.mark.parametrize("route", table.read().routes.routes, ids=lambda route: str(route.path))
    def test_refuses_a_route_with_any_of_its_characters_encoded(self, route: Route) -> None:
        for at, character in enumerate(route.path):
            for encoded in (f"%{ord(character):02x}", f"%{ord(character):02X}"):
                with pytest.raises(BadRequest):
                    hygiene.read(scope(f"{route.path[:at]}{encoded}{route.path[at + 1 :]}".encode()))

    @given(st.data())
    def test_a_path_it_takes_is_on_the_route_that_its_service_sees(self, data: st.DataObject) -> None:
        routes = table.read().routes
        plain = data.draw(st.sampled_from(routes.routes)).path.encode() + data.draw(st.sampled_from([b"", b"/", b"/x"]))
        at = data.draw(st.integers(0, len(plain) - 1))
        spelling = data.draw(st.sampled_from([b"%c", b"%%%02x", b"%%%02X", b"%%25%02x"])) % plain[at]
        path = plain[:at] + spelling + plain[at + 1 :] + data.draw(_ANY_ENCODED)
        try:
            hygiene.read(scope(path))
        except BadRequest:
            return
        assert routes.find(path) is routes.find(unquote_to_bytes(path))

    @pytest.mark.parametrize("query", [b"a b", b"a\r\nX: y", b"\x00", b"\xff"])
    def test_refuses_a_query_that_is_not_plain(self, query: bytes) -> None:
        with pytest.raises(BadRequest):
            hygiene.read(scope(query=query))

    @pytest.mark.parametrize("host", [b"api.test", b"api.test:8000", b"127.0.0.1", b"[::1]:8000", b"localhost"])
    def test_takes_a_host(self, host: bytes) -> None:
        assert hygiene.read(scope(b"/", (b"host", host))).host == host

    @pytest.mark.parametrize(
        "hosts", [[], [b""], [b"a", b"a"], [b"a/b"], [b"a b"], [b"a,b"], [b"u@a"], [b"-a"], [b"a:x"], [b"a\r\nb"]]
    )
    def test_wants_exactly_one_valid_host(self, hosts: list[bytes]) -> None:
        request = scope()
        request["headers"] = [(b"host", host) for host in hosts]
        with pytest.raises(BadRequest, match="Host"):
            hygiene.read(request)

    @pytest.mark.parametrize(
        "headers",
        [
            [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")],
            [(b"content-length", b"3"), (b"content-length", b"3")],
            [(b"content-length", b"3, 3")],
            [(b"content-length", b"+3")],
            [(b"content-length", b"-3")],
            [(b"content-length", b"")],
            [(b"content-length", b"0x3")],
            [(b"transfer-encoding", b"gzip, chunked")],
            [(b"transfer-encoding", b"identity")],
            [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
            [(b"transfer-encoding", b"\x0bchunked")],
        ],
    )
    def test_refuses_a_body_whose_end_is_not_clear(self, headers: list[tuple[bytes, bytes]]) -> None:
        with pytest.raises(BadRequest):
            hygiene.read(scope(b"/todos", *headers, method="POST"))

    def test_knows_how_long_the_body_is(self) -> None:
        assert hygiene.read(scope()).body is None
        assert hygiene.read(scope(b"/", (b"content-length", b"0"))).body == 0
        assert hygiene.read(scope(b"/", (b"content-length", b"17"))).body == 17
        assert hygiene.read(scope(b"/", (b"transfer-encoding", b"Chunked"))).body == CHUNKED

    def test_refuses_two_identities(self) -> None:
        with pytest.raises(BadRequest, match="Authorization"):
            hygiene.read(scope(b"/", (b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")))

    def test_refuses_other_protocols_and_expectations(self) -> None:
        with pytest.raises(UpgradeNotOffered):
            hygiene.read(scope(b"/", (b"connection", b"Upgrade"), (b"upgrade", b"WebSocket")))
        with pytest.raises(ExpectationFailed):
            hygiene.read(scope(b"/", (b"expect", b"200-ok")))

    @pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get"])
    def test_refuses_other_methods(self, method: str) -> None:
        with pytest.raises(Problem) as refused:
            hygiene.read(scope(method=method))
        assert refused.value.status == 405
        assert refused.value.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


class TestWriteHead:
    def test_writes_the_request_anew(self) -> None:
        inbound = hygiene.read(
            scope(b"/todos/1", (b"content-length", b"2"), (b"if-match", b'"v1"'), method="PUT", query=b"a=b&c")
        )
        assert hygiene.write_head(inbound, [(b"host", b"todos:80")], cookies=False) == (
            b'PUT /todos/1?a=b&c HTTP/1.1\r\nhost: todos:80\r\nif-match: "v1"\r\ncontent-length: 2\r\n\r\n'
        )

    @pytest.mark.parametrize(
        "name",
        [
            "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-user",
            "forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "via", "x-user-id",
            "x-user-roles", "x-internal-token", "x-original-url", "x-rewrite-url", "x-http-method-override",
            "x-request-id", "x_user_id", "content_length", "connection", "keep-alive", "proxy-authorization",
            "proxy-connection", "te", "trailer", "http2-settings", "x-forwarded", "fly-client-ip", "remote-addr",
            "remote-user", "client-cert", "ssl-client-cert", "authenticated-user", "sec-fetch-user", "range",
            "priority", "content-type_", "if_match",
        ],
    )  # fmt: skip
    def test_leaves_out_what_a_client_says_about_itself_and_what_nobody_knows(self, name: str) -> None:
        assert passed_on((name.encode(), b"spoofed")) == []

    def test_leaves_out_what_connection_names(self) -> None:
        lines = passed_on((b"connection", b"close, X-Trick, Accept"), (b"accept", b"*/*"), (b"if-match", b'"v1"'))
        assert lines == [b'if-match: "v1"']

    @pytest.mark.parametrize(
        "name",
        [
            "accept", "accept-encoding", "accept-language", "authorization", "content-encoding", "content-type",
            "idempotency-key", "if-match", "if-none-match", "last-event-id", "origin", "referer", "sec-fetch-site",
            "user-agent",
        ],
    )  # fmt: skip
    def test_passes_on_what_services_read(self, name: str) -> None:
        assert passed_on((name.encode(), b"a")) == [name.encode() + b": a"]

    def test_leaves_out_even_who_it_is_when_connection_names_that(self) -> None:
        headers = (b"connection", b"Authorization, cookie"), (b"authorization", b"Bearer a"), (b"cookie", b"a=b")
        assert passed_on(*headers, cookies=True) == []

    def test_gives_cookies_only_to_those_who_read_them(self) -> None:
        cookies = ((b"cookie", b"a=b"), (b"cookie", b"c=d"))
        assert passed_on(*cookies) == []
        assert passed_on(*cookies, cookies=True) == [b"cookie: a=b; c=d"]

    @given(st.binary(min_size=1, max_size=30), st.sampled_from([b"accept", b"authorization", b"cookie"]))
    def test_never_writes_a_line_more_than_it_means_to(self, value: bytes, name: bytes) -> None:
        try:
            lines = passed_on((name, value), cookies=True)
        except BadRequest:
            assert any((byte < 32 and byte != 9) or byte == 127 for byte in value)
        else:
            assert lines == [name + b": " + value]


class TestCleanResponse:
    def test_leaves_out_what_is_between_the_two_of_us(self) -> None:
        headers = [
            (b"connection", b"close, x-inner"), (b"x-inner", b"1"), (b"keep-alive", b"timeout=5"), (b"server", b"s"),
            (b"transfer-encoding", b"chunked"), (b"date", b"then"), (b"x-request-id", b"theirs"),
            (b"access-control-allow-origin", b"*"), (b"etag", b'"v1"'), (b"set-cookie", b"a"), (b"set-cookie", b"b"),
            (b"ratelimit", b'"theirs";r=1;t=1'), (b"ratelimit-policy", b'"theirs";q=1;w=1'),
            (b"x-ratelimit-limit", b"1"), (b"ratelimit-remaining", b"1"),
        ]  # fmt: skip
        kept = [(b"etag", b'"v1"'), (b"set-cookie", b"a"), (b"set-cookie", b"b")]
        assert hygiene.clean_response(headers, bodiless=False) == kept

    def test_leaves_out_a_length_that_no_body_follows(self) -> None:
        assert hygiene.clean_response([(b"content-length", b"9")], bodiless=True) == []
