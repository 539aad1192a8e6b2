"""The gateway's own refusals. What a service answers is passed on as it is."""

from collections.abc import Sequence

from chassis.problems import Problem


class UriTooLong(Problem):
    status, slug, title = 414, "uri-too-long", "The address of the request is too long"


class ExpectationFailed(Problem):
    status, slug, title = 417, "expectation-failed", "The only expectation that can be met is 100-continue"


class UpgradeNotOffered(Problem):
    """Live updates are server-sent events: no other protocol is spoken here."""

    status, slug, title = 426, "upgrade-not-offered", "This address does not speak WebSocket"

    def __init__(self) -> None:
        super().__init__(headers={"Upgrade": "HTTP/1.1", "Connection": "close"})


class QuotaExceeded(Problem):
    """As the IETF draft on RateLimit header fields has it; `violated-policies` names the policies that are used up."""

    status, slug, title = 429, "quota-exceeded", "Too many requests"

    def __init__(self, violated: Sequence[str] = (), *, retry_after: int = 1) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
        self.extensions["violated-policies"] = list(violated)


class HeadersTooLarge(Problem):
    status, slug, title = 431, "headers-too-large", "The headers of the request are too large"


class Overloaded(Problem):
    """As many requests as the service can stand are under way, or as many of this caller as are their share."""

    status, slug, title = 503, "overloaded", "Too many requests are being answered right now"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class BadGateway(Problem):
    """A change that was asked for may or may not have happened: look before asking again."""

    status, slug, title = 502, "bad-gateway", "The service behind this address gave no valid answer"


class VersionNotSupported(Problem):
    status, slug, title = 505, "http-version-not-supported", "Only HTTP/1.1 is spoken here"
