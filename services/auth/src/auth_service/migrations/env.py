"""Alembic loads this file by its path."""

# The tables are declared where they are used; a table nobody imported would look dropped.
import auth_service.accounts.models
import auth_service.api_tokens.models
import auth_service.attempts.models
import auth_service.audit.models
import auth_service.devices.models
import auth_service.errands.models
import auth_service.keys.models
import auth_service.links.models
import auth_service.mail.models
import auth_service.revocations.models
import auth_service.second_factor.models
import auth_service.sessions.models  # noqa: F401
from auth_service.tables import Table
from chassis.messaging import outbox
from chassis.migrations import run_environment

run_environment([Table.metadata, outbox.METADATA])
