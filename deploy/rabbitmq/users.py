"""Makes one RabbitMQ user per service, with rights on the common exchange and on its own queues only.

Needs nothing but Python: RABBITMQ_MANAGEMENT_URL (an administrator's, with its password), AUTH_BROKER_PASSWORD,
TODOS_BROKER_PASSWORD, GATEWAY_BROKER_PASSWORD. Run it as often as you like; the last passwords given are the ones
that hold.
"""

import base64
import json
import os
import urllib.request
from urllib.parse import quote, urlsplit


def main() -> None:
    address = urlsplit(os.environ["RABBITMQ_MANAGEMENT_URL"])
    credentials = base64.b64encode(f"{address.username}:{address.password}".encode()).decode()
    api = f"{address.scheme}://{address.hostname}:{address.port}/api"

    def put(path: str, content: dict[str, str]) -> None:
        request = urllib.request.Request(  # noqa: S310 (the scheme is the operator's)
            f"{api}/{path}",
            json.dumps(content).encode(),
            {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            print(f"{path}: done")  # noqa: T201

    for service in ("auth", "todos", "gateway"):
        user, own = f"daybook_{service}", rf"daybook\.events|{service}\..*"
        put(f"users/{user}", {"password": os.environ[f"{service.upper()}_BROKER_PASSWORD"], "tags": ""})
        # The gateway only listens. What fails for good is moved to a dead-letter queue through the default exchange.
        write = rf"{service}\..*" if service == "gateway" else rf"{own}|amq\.default"
        rights = {"configure": f"^({own})$", "write": f"^({write})$", "read": f"^({own})$"}
        put(f"permissions/{quote('/', safe='')}/{user}", rights)


if __name__ == "__main__":
    main()
