"""What a reset takes away beside the password: whoever was in may have left themselves another way in.

The mailbox proves whose the account is, but not that it is still in the right hands. So what was added lately goes, by
which an intruder would come back; what is older stays, so that a thief of the mailbox alone does not get in.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.accounts import service as accounts
from auth_service.accounts.schemas import UserOut
from auth_service.api_tokens import service as api_tokens
from auth_service.audit import service as audit
from auth_service.audit.kinds import Kind
from auth_service.second_factor import service as second_factor
from auth_service.sessions.clients import Client
from contracts.users import UserReclaimed

# A change is mailed the moment it is made; whoever sees no mail for longer than this has to look in the settings.
LATELY = timedelta(days=7)


class Removed(NamedTuple):
    # Whether nobody had proved before that the address is theirs: then anybody may have opened the account.
    everything: bool
    name: bool
    totp: bool
    # Names of passkeys, and of API tokens by their ids.
    passkeys: list[str]
    recovery_codes: bool
    api_tokens: dict[UUID, str]


async def keeps_second_factor(reads: AsyncConnection, user: UserOut) -> bool:
    """Whether a reset that comes now leaves one, as far as can be said before it."""
    return user.email_verified and await second_factor.is_enabled(reads, user.id, for_longer_than=LATELY)


async def remove(tx: AsyncConnection, user: UserOut, *, everything: bool) -> Removed:
    younger_than = None if everything else LATELY
    factors = await second_factor.remove(tx, user.id, younger_than=younger_than)
    tokens = await api_tokens.remove(tx, user.id, younger_than=younger_than)
    has_foreign_name = everything and user.display_name is not None
    if has_foreign_name:
        await accounts.take_name_away(tx, user.id)
    return Removed(everything, has_foreign_name, *factors, tokens)


async def record(tx: AsyncConnection, user_id: UUID, removed: Removed, *, client: Client) -> None:
    """One entry for each, as if its owner had removed it."""
    gone: list[tuple[Kind, dict[str, str]]] = []
    gone += [(Kind.ACCOUNT_RENAMED, {})] if removed.name else []
    gone += [(Kind.SECOND_FACTOR_DISABLED, {})] if removed.totp else []
    gone += [(Kind.RECOVERY_CODES_REMOVED, {})] if removed.recovery_codes else []
    gone += [(Kind.PASSKEY_REMOVED, {"name": name}) for name in removed.passkeys]
    gone += [(Kind.API_TOKEN_REVOKED, {"name": name}) for name in removed.api_tokens.values()]
    for kind, personal in gone:
        await audit.record(tx, kind, user_id=user_id, client=client, details={"by": "reset"}, personal=personal)


def event(user_id: UUID, removed: Removed) -> UserReclaimed:
    """For who keeps what lets others in elsewhere."""
    now = datetime.now(UTC)
    return UserReclaimed(user_id=user_id, since=None if removed.everything else now - LATELY, at=now)


def words(removed: Removed) -> str:
    """For the mail: what went, why, and what is left to look at."""
    what = ", ".join(_listed(removed)) or "there was nothing"
    if removed.everything:
        return (
            "This address had not been confirmed before, so somebody else may have opened the account. What else they "
            f"may have left in it has been removed: {what}. A link to its calendar leads nowhere any more."
        )
    return (
        f"What was added in the last {LATELY.days} days has been removed, because somebody else may have added it: "
        f"{what}. A link to your calendar that was made in these days leads nowhere any more. Older passkeys, "
        "authenticator apps, API tokens and calendar links stay. Look at them in the settings, and remove what you do "
        "not know."
    )


def _listed(removed: Removed) -> list[str]:
    whether = {
        "your name": removed.name,
        "the authenticator app": removed.totp,
        "the recovery codes": removed.recovery_codes,
    }
    return [
        *(what for what, is_gone in whether.items() if is_gone),
        *(f"the passkey “{name}”" for name in removed.passkeys),
        *(f"the API token “{name}”" for name in removed.api_tokens.values()),
    ]
