"""What a request says and nobody here would read is refused: passed over in silence, it would get another answer than
the one that was asked for.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.problems import EncodedContent
from chassis.web.middleware import send_problem

Fault = dict[str, object]


async def refuse_unread_query(request: Request) -> None:
    """For `Depends`: a parameter that the route does not have, or that is there twice, is a fault of the request."""
    query = request.scope["query_string"]
    if query and (faults := faults_of(query, frozenset(_parameters_of(request.scope["route"])))):
        raise RequestValidationError(faults)


def faults_of(query: bytes, known: Collection[str] = ()) -> list[Fault]:
    """As Pydantic would describe them."""
    given = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    faults = [_fault(name, "extra_forbidden", "is not known here") for name in given if name not in known]
    return faults + [_fault(name, "repeated", "is given more than once") for name, n in given.items() if n > 1]


def _parameters_of(route: APIRoute) -> Iterator[str]:
    waiting: list[Dependant] = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        for parameter in dependant.query_params:
            kind = parameter.field_info.annotation
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from (field.alias or name for name, field in kind.model_fields.items())
            else:
                yield parameter.alias


def _fault(name: str, kind: str, says: str) -> Fault:
    return {"type": kind, "loc": ("query", name), "msg": says}


class PlainContent:
    """Refuses a body that is compressed: nobody here unpacks one, and what it says would be taken for broken JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(
            name == b"content-encoding" and value.strip().lower() not in (b"", b"identity")
            for name, value in scope["headers"]
        ):
            await send_problem(EncodedContent(), scope, send)
            return
        await self._app(scope, receive, send)
