"""The FastAPI application every service starts from."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import QueuePool
from starlette.types import ASGIApp

from chassis import metrics
from chassis.database import Database
from chassis.settings import MetricsSettings
from chassis.web import addresses, deadlines, health, middleware, problems, requests

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *,
    title: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter] = (),
    translate: middleware.Translate = lambda _: None,
    before_routing: Sequence[Callable[[ASGIApp], ASGIApp]] = (),
    longer: Mapping[str, float] | None = None,
    exposing: MetricsSettings | None = None,
) -> FastAPI:
    """An application with problems, health, request ids, deadlines and metrics, that answers HEAD where it answers GET.

    `app.state.health` takes the readiness checks, `app.state.registry` what a service counts itself.

    `before_routing` are plain ASGI: they see each request that has its id already, and hand on what is not for them.
    `longer` are the paths that may take more time than others, in seconds. `exposing` says where metrics are told.
    """
    registry = metrics.registry()
    app = FastAPI(
        title=title,
        lifespan=_exposed(lifespan, exposing or MetricsSettings(), registry),
        # The gateway serves one document and one page for all services.
        docs_url=None,
        redoc_url=None,
        # "/todos/" is not an address of ours: it gets a 404, not a redirect that drops the body.
        redirect_slashes=False,
        responses=problems.EVERYWHERE,
        dependencies=[Depends(requests.refuse_unread_query)],
        separate_input_output_schemas=False,
    )
    app.state.health, app.state.registry = health.Health(), registry
    app.include_router(health.router(app.state.health))
    problems.install(app)
    for router in routers:
        app.include_router(router)
    for layer in reversed(before_routing):
        app.add_middleware(layer)
    app.add_middleware(requests.PlainContent)
    app.add_middleware(addresses.SpelledOut, routes=app.routes)
    app.add_middleware(deadlines.Deadlines, longer=longer)
    app.add_middleware(middleware.HeadAsGet)
    counted = metrics.RequestMetrics(registry)
    app.add_middleware(middleware.RequestContext, translate=translate, observe=counted.observe)
    return app


def watch_connections(app: FastAPI, database: Database) -> None:
    """How near the pool is to its end: beyond it requests wait, and then are answered 503."""
    pool = database.engine.pool
    if isinstance(pool, QueuePool):
        says = "Connections to the database that are lent to a request or a task"
        metrics.watch(app.state.registry, "database_connections_in_use", says, pool.checkedout)


def _exposed(lifespan: Lifespan, settings: MetricsSettings, registry: CollectorRegistry) -> Lifespan:
    @asynccontextmanager
    async def exposed(app: FastAPI) -> AsyncIterator[None]:
        with metrics.exposed(settings, registry):
            async with lifespan(app):
                yield

    return exposed
