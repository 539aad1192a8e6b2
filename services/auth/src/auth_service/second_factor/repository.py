from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.second_factor.models import PasskeyRow, TotpRow


async def has_any(reads: AsyncConnection, user_id: UUID) -> bool:
    """Whether there is an authenticator app that was confirmed, or a passkey."""
    app = exists().where(TotpRow.user_id == user_id, TotpRow.confirmed_at.is_not(None))
    passkey = exists().where(PasskeyRow.user_id == user_id)
    return bool(await reads.scalar(select(or_(app, passkey))))
