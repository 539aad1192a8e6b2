"""Bad input in every place that a request has: made by spoiling one that is good, the same for the same seed."""

import base64
import binascii
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

Json = Any
# Where something stands in a tree of JSON.
Path = tuple[str | int, ...]

_DEEP: Json = 1
for _ in range(300):
    _DEEP = [_DEEP]

# What breaks things: edges of what Postgres, Python and JSON can hold, and of what one thinks of.
ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 10**40, 0.5, -0.0, 1e308,
    "", " ", "a", "a" * 201, "a" * 20_000, "\U0001d54f" * 200, "\x00", "a\x00b", "\ud800", "\u202e", "\x7f", "\r\n",
    "<!--" * 2000, "' OR 1=1 --", "../../etc/passwd", "%s%n{0}", "true", "null", "1", "NaN", "v1",
    "v2147483648", "v9999999999",
    "not-a-uuid", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "2026-02-30", "2026-01-01T24:00:00Z", "9999-12-31",
    "2026-03-29T02:30:00", "Europe/Nowhere", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2", "FREQ=DAILY;INTERVAL=2147483648",
    [], [[]], [None], ["x"], [1] * 1000, {}, {"": None}, {"from": 5, "to": ["x"]}, {"date": "9999-12-31"},
    {"at": "9999-12-31T23:59:59-12:00", "zone": "UTC"}, _DEEP,
)  # fmt: skip
# As a body, without being one.
RAW: tuple[bytes, ...] = (
    b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 5000, b"nonsense", b"null", b"[]", b'""', b"NaN", b"1e999",
    b'{"title":"a","title":"b"}', b'{"title":"\\ud800"}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"\x00" * 100,
    b'"' + b"a" * 300_000 + b'"', b'TYPE,CONTENT\r\ntask,"unclosed\r\n', b"TYPE\r\n" + b"\x00\r\n" * 10,
    b'[{"title":"p","tasks":[{"title":"<![x[","due_date":"9999-12-31T23:59:59-12:00"}]}]',
    b"TYPE,CONTENT,DATE,TIMEZONE\r\ntask,x,every 31 feb at 25:61,Europe/Nowhere\r\n",
    b'{"format":"daybook.todos","version":1,"todos":[{"id":' + b"[" * 2000 + b"]" * 2000 + b"}]}",
)  # fmt: skip
_TYPES = (
    "application/json",
    "text/csv",
    "text/plain",
    "application/octet-stream",
    "application/json; charset=utf-16",
    "x",
)
# What other programs write: parts of it, spoiled, get further into what reads them than nonsense does.
TODOIST: Json = [
    ["TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "RESPONSIBLE", "DATE", "TIMEZONE", "DURATION", "DEADLINE"],
    ["section", "Garden", "", "", "", "", "", "", "", ""],
    ["task", "Water @green", "Twice", "1", "1", "", "every 2 weeks at 6pm", "Europe/Berlin", "30", "2026-12-01"],
    ["note", "Rain water", "", "", "", "", "", "", "", ""],
    ["task", "Repot", "", "4", "2", "Ada (8)", "Nov 24 2027 18:00", "Europe/Berlin", "None", ""],
]
_NEVER = "0001-01-01T00:00:00Z"
VIKUNJA: Json = [
    {
        "title": "Garden",
        "tasks": [
            {
                "id": 1, "title": "Water", "description": '<p>All &amp; <a href="https://a.example">more</a></p>',
                "done": True, "done_at": "2026-11-20T08:00:00Z", "due_date": "2026-11-24T18:30:00+01:00",
                "priority": 4, "labels": [{"id": 3, "title": "green"}], "comments": [{"comment": "<p>Soon</p>"}],
                "repeat_after": 86400, "repeat_mode": 0, "percent_done": 0.5, "start_date": _NEVER, "end_date": _NEVER,
                "reminders": None, "related_tasks": {}, "created": "2026-01-01T00:00:00Z", "updated": _NEVER,
            }
        ],
    }
]  # fmt: skip
# Spoiled now and then only: whoever is wrong about it too often has to wait, and nothing else would be tried.
_SECRET = frozenset({"password", "current_password", "code", "token"})


def as_json(body: Json) -> bytes:
    return json.dumps(body).encode()


def as_csv(table: Json) -> bytes:
    """Whatever has become of it: what is no row stands in one, alone."""
    rows = [row if isinstance(row, list) else [row] for row in (table if isinstance(table, list) else [table])]
    cells = [",".join('"{}"'.format(_text(cell).replace('"', '""')) for cell in row) for row in rows]
    return "\r\n".join(cells).encode(errors="surrogatepass")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    raw: bytes | None = None
    write: Callable[[Json], bytes] = as_json

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query, errors='replace')}" if self.query else self.path

    @property
    def content(self) -> bytes | None:
        return self.raw if self.raw is not None else None if self.body is None else self.write(self.body)


@dataclass(frozen=True)
class Place:
    """An operation as the document describes it, and a request that is good."""

    template: str
    good: Request
    # Of the document: names of query parameters and of headers.
    parameters: Sequence[str] = ()
    headers: Sequence[str] = ()
    takes_body: bool = False
    # Of the document too: what some of the query parameters may be.
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Requests in other forms that are as good.
    others: Sequence[Request] = ()

    def spoiled(self, dice: random.Random) -> Request:
        """With one to three things wrong about it, most of the time."""
        request = dice.choice((self.good, *self.others))
        kinds = [kind for kind, applies in _KINDS if applies(self)]
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            request = dice.choice(kinds)(self, request, dice)
        return request


def _spoil_body(_: Place, request: Request, dice: random.Random) -> Request:
    if request.raw is not None or dice.random() < 0.1:
        return replace(request, raw=dice.choice(RAW), headers={**request.headers, "Content-Type": dice.choice(_TYPES)})
    return replace(request, body=_spoiled(request.body, dice))


def _spoil_query(place: Place, request: Request, dice: random.Random) -> Request:
    known = [name for name, _ in request.query]
    name = dice.choice([*place.parameters, *known, "unknown"])
    before = dict(request.query).get(name)
    if name in place.choices and dice.random() < 0.5:
        # Right by itself; whatever else is wrong is now asked in another way.
        value = dice.choice(place.choices[name])
    else:
        value = _resealed(before, dice) if before and dice.random() < 0.7 else _text(dice.choice(ODD))
    others = [each for each in request.query if each[0] != name or dice.random() < 0.1]
    return replace(request, query=[*others, (name, value)])


def _spoil_path(place: Place, request: Request, dice: random.Random) -> Request:
    segments, templates = request.path.split("/"), place.template.split("/")
    at = dice.choice([number for number, each in enumerate(templates) if "{" in each])
    segments[at] = quote(_text(dice.choice(ODD))[:500], safe="", errors="replace") or "x"
    return replace(request, path="/".join(segments))


def _spoil_header(place: Place, request: Request, dice: random.Random) -> Request:
    value = _text(dice.choice(ODD)).encode("ascii", "replace").decode()
    # Clients send no value that begins or ends with a space.
    value = "".join(each for each in value if each.isprintable())[:2000].strip()
    return replace(request, headers={**request.headers, dice.choice(place.headers): dice.choice((value, f'"{value}"'))})


Kind = Callable[[Place, Request, random.Random], Request]
_KINDS: tuple[tuple[Kind, Callable[[Place], bool]], ...] = (
    (_spoil_body, lambda place: place.takes_body),
    (_spoil_body, lambda place: place.takes_body),
    (_spoil_query, lambda _: True),
    (_spoil_path, lambda place: "{" in place.template),
    (_spoil_header, lambda place: bool(place.headers)),
)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _resealed(value: str, dice: random.Random) -> str:
    """A cursor is JSON under base64: what is in it, changed; what is nothing of the kind, cut or lengthened."""
    try:
        inside = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, binascii.Error):
        return dice.choice((value[:-1], value + "A", value[::-1]))
    return base64.urlsafe_b64encode(json.dumps(_spoiled(inside, dice)).encode()).decode().rstrip("=")


def _spoiled(tree: Json, dice: random.Random) -> Json:
    tree = json.loads(json.dumps(tree))
    places = [path for path in _paths(tree) if not path or path[-1] not in _SECRET or dice.random() < 0.05]
    path = dice.choice(places)
    if not path:
        return _spoiled_whole(tree, dice)
    *above, last = path
    parent = tree
    for step in above:
        parent = parent[step]
    if dice.random() < 0.15:
        del parent[last]
    elif dice.random() < 0.1:
        parent[last] = [parent[last]] * dice.choice((2, 200))
    else:
        parent[last] = dice.choice(ODD)
    return tree


def _spoiled_whole(tree: Json, dice: random.Random) -> Json:
    if isinstance(tree, dict) and dice.random() < 0.8:
        return {**tree, dice.choice(("unknown", "", "__proto__", "id", "owner_id", "a" * 500)): dice.choice(ODD)}
    return dice.choice(ODD)


def _paths(tree: Json, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _paths(value, (*path, key))
