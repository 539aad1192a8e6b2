"""Makes what other programs allow fit into what a todo may be. What was cut is told of, and kept where it can be."""

import re
from typing import Any, Final

from todos_service.transfer.candidates import Candidate

_TITLE, _DESCRIPTION, _TAG, _TAGS = 200, 10_000, 50, 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ELLIPSIS: Final = "…"


def fit(candidate: Candidate) -> None:
    content, losses = candidate.content, candidate.losses
    content["title"] = _title(content, losses)
    content["description"] = _description(content["description"], losses)
    content["tags"] = _tags(content["tags"], losses)


def _title(content: dict[str, Any], losses: list[str]) -> str:
    title = _CONTROL.sub(" ", content["title"]).strip()
    if len(title) <= _TITLE:
        return title
    losses.append("a title that long; the whole of it is in the description")
    content["description"] = "\n\n".join(each for each in (title, content["description"]) if each)
    return title[: _TITLE - 1].rstrip() + _ELLIPSIS


def _description(text: str, losses: list[str]) -> str:
    text = _CONTROL_IN_TEXT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > _DESCRIPTION:
        losses.append(f"the end of a description of {len(text)} characters")
    return text[:_DESCRIPTION]


def _tags(tags: list[str], losses: list[str]) -> list[str]:
    whole = dict.fromkeys(_CONTROL.sub(" ", tag).strip() for tag in tags)
    losses += [f"the end of the tag “{tag[:_TAG]}…”" for tag in whole if len(tag) > _TAG]
    each_once = [tag for tag in dict.fromkeys(tag[:_TAG].strip() for tag in whole) if tag]
    if len(each_once) > _TAGS:
        losses.append(f"tags: {', '.join(each_once[_TAGS:])}")
    return each_once[:_TAGS]
