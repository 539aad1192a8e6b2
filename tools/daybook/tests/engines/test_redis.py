from contextlib import closing

from redis.asyncio import Redis

from daybook.checkout import Checkout
from daybook.engines import redis
from daybook.ports import Ports
from daybook.supervision.processes import Supervisor
from daybook.supervision.state import State


async def test_redis_keeps_what_was_stored(state: State, checkout: Checkout) -> None:
    binary = redis.ENGINE.find(checkout.packages)
    assert binary, "make up fetches it"
    with closing(Ports()) as ports:
        port = ports.pick("redis", 27379)

        for expected in (None, b"kept"):
            async with Supervisor(state) as supervisor:
                await supervisor.start_and_wait(redis.program(binary, state, port, ephemeral=False))
                async with Redis.from_url(redis.url(state, port)) as client:
                    assert await client.get("word") == expected
                    await client.set("word", "kept")
                    bound = await client.config_get("bind")

    assert bound == {"bind": "127.0.0.1"}
