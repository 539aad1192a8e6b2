"""The FastAPI application every service starts from."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI

from chassis.web import health, middleware, problems

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *,
    title: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter] = (),
    translate: middleware.Translate = lambda _: None,
) -> FastAPI:
    """An application with problems, health and request ids. `app.state.health` takes the readiness checks."""
    app = FastAPI(
        title=title,
        lifespan=lifespan,
        # The gateway serves one document and one page for all services.
        docs_url=None,
        redoc_url=None,
        # "/todos/" is not an address of ours: it gets a 404, not a redirect that drops the body.
        redirect_slashes=False,
        responses=problems.EVERYWHERE,
        separate_input_output_schemas=False,
    )
    app.state.health = health.Health()
    app.include_router(health.router(app.state.health))
    problems.install(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(middleware.RequestContext, translate=translate)
    return app
