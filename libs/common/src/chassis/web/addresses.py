"""An address that is spelled out is itself with every method: `PUT /todos/bulk` is no todo of the name "bulk"."""

from collections.abc import Sequence

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.problems import MethodNotAllowed
from chassis.web.middleware import send_problem


class SpelledOut:
    """Answers 405 for a method that such an address does not have. Routing would go on to one with a parameter, where
    the method is known, and call the parameter wrong.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app, self._routes = app, routes
        # Looked up with the first request: until then there may come more.
        self._known: dict[str, list[RouteContext]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := self._find(scope["path"])):
            methods = {method for each in found for method in each.methods or ()}
            if scope["method"] not in methods:
                scope["route"] = found[0]  # as the log names it
                allowed = methods | {"HEAD"} if "GET" in methods else methods
                await send_problem(MethodNotAllowed(headers={"Allow": ", ".join(sorted(allowed))}), scope, send)
                return
        await self._app(scope, receive, send)

    def _find(self, path: str) -> Sequence[RouteContext]:
        if self._known is None:
            self._known = {}
            for each in iter_route_contexts(self._routes):
                if each.path and each.methods and "{" not in each.path:
                    self._known.setdefault(each.path, []).append(each)
        return self._known.get(path, ())
