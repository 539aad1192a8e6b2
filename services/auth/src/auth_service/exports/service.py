from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import service as accounts
from auth_service.api_tokens import service as api_tokens
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.devices import service as devices
from auth_service.enrolment import service as enrolment
from auth_service.exports.schemas import AccountExport, ExportedBrowser, ExportedSecondFactor, ExportedSession
from auth_service.second_factor import service as second_factor
from auth_service.sessions import service as sessions
from auth_service.sessions.clients import Client
from chassis.principals import Principal


async def export(tx: AsyncConnection, caller: Principal, *, client: Client) -> AccountExport:
    user = await accounts.find_user(tx, caller.id)
    await audit.record(tx, Kind.ACCOUNT_EXPORTED, user_id=caller.id, session_id=caller.session_id, client=client)
    since = await second_factor.find_since(tx, caller.id)
    return AccountExport(
        exported_at=datetime.now(UTC),
        user=user,
        sessions=[ExportedSession(**each._asdict()) for each in await sessions.list_kept(tx, caller.id)],
        second_factor=ExportedSecondFactor(**since._asdict()),
        passkeys=await enrolment.list_passkeys(tx, caller.id),
        api_tokens=await api_tokens.list_own(tx, caller.id),
        browsers=[ExportedBrowser(last_used_at=each) for each in await devices.list_last_uses(tx, caller.id)],
        audit=await audit.list_all(tx, user_id=caller.id),
    )
