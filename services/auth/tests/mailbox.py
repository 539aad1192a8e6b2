"""Where the mail of a test arrives."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

from fastapi import FastAPI

from auth_service.errands import service as errands
from auth_service.mail import service as mail
from auth_service.recovery import service as recovery
from chassis.database import Database

_TOKEN = re.compile(r"#token=(\S+)")


@dataclass
class Mailbox:
    """Does the worker's part when it is asked to, so that a test knows when it is done."""

    app: FastAPI
    messages: list[EmailMessage] = field(default_factory=list)

    async def send(self, message: EmailMessage) -> None:
        self.messages.append(message)

    async def of(self, address: str) -> list[EmailMessage]:
        """All that came for somebody, oldest first, once everything that waits has been done."""
        database: Database = self.app.state.database
        settings = self.app.state.settings
        while await errands.run_one(database, recovery.handlers(settings.app_url)):
            continue
        while await mail.deliver_one(database, self, settings):
            continue
        return [message for message in self.messages if message["To"] == address]

    async def subjects(self, address: str) -> list[str]:
        return [message["Subject"] for message in await self.of(address)]

    async def token(self, address: str, about: str) -> str:
        """What the link in the latest mail with this word in its subject carries."""
        messages = [message for message in await self.of(address) if about in message["Subject"]]
        body = messages[-1].get_body(("plain",))
        assert body is not None
        found = _TOKEN.search(body.get_content())
        assert found is not None
        return found[1]
