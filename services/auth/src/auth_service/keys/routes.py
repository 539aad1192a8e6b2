from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from auth_service.keys.schemas import JwkSet
from auth_service.keys.service import SigningKeys

router = APIRouter(tags=["keys"])
# What is below /internal is for the other services: the gateway has no route to it.
internal = APIRouter(prefix="/internal", tags=["keys"])

# The next key is published long before it signs, so a verifier may keep what it has for a while.
_CACHE_CONTROL = "public, max-age=300"


class JwkSetResponse(JSONResponse):
    media_type = "application/jwk-set+json"


@router.get(
    "/auth/.well-known/jwks.json",
    operation_id="jwks_below_auth",
    response_model=JwkSet,
    response_class=JwkSetResponse,
)
@router.get("/.well-known/jwks.json", operation_id="jwks", response_model=JwkSet, response_class=JwkSetResponse)
async def jwks(request: Request) -> Response:
    """The public keys that access tokens are verified with: the one that signs, the one that will, those that did."""
    keys: SigningKeys = request.app.state.keys
    await keys.refresh()
    return JwkSetResponse(keys.published, headers={"Cache-Control": _CACHE_CONTROL})


@internal.get("/event-keys", operation_id="event_keys", response_model=JwkSet, response_class=JwkSetResponse)
async def event_keys(request: Request) -> Response:
    """The public keys that events are verified with: those of the tokens, and older ones."""
    keys: SigningKeys = request.app.state.keys
    await keys.refresh()
    return JwkSetResponse(keys.proving_events)
