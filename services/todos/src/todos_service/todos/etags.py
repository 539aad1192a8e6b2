"""Entity tags: of a todo from its version, of a list from the head of its owner's stream."""

import re
from uuid import UUID

from todos_service.owners.heads import Head

_ETAG = re.compile(r'(W/)?"([^"]*)"')
_VERSION = re.compile(r"v([1-9][0-9]{0,9})")
_HEAD = re.compile(r"([0-9a-f]{32})\.([0-9]{1,18})")


def of_version(version: int) -> str:
    return f'"v{version}"'


def of_head(head: Head) -> str:
    """Weak: the same list may be sent in another encoding."""
    return f'W/"{head.epoch.hex}.{head.number}"'


def versions_in(if_match: str) -> frozenset[int] | None:
    """The versions that `If-Match` accepts; None for `*`, any. What is not a strong tag of ours matches nothing."""
    if if_match.strip() == "*":
        return None
    strong = (tag for weak, tag in _ETAG.findall(if_match) if not weak)
    return frozenset(int(match[1]) for match in map(_VERSION.fullmatch, strong) if match)


def matches(if_none_match: str | None, etag: str) -> bool:
    """By weak comparison, which does not mind who compressed it on the way."""
    if if_none_match is None:
        return False
    tags = {tag for _, tag in _ETAG.findall(if_none_match)}
    return if_none_match.strip() == "*" or _ETAG.findall(etag)[0][1] in tags


def head_in(if_none_match: str | None) -> Head | None:
    """The first head that a client says it has the list of."""
    for _, tag in _ETAG.findall(if_none_match or ""):
        if match := _HEAD.fullmatch(tag):
            return Head(UUID(match[1]), int(match[2]))
    return None
