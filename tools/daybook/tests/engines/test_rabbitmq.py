"""One real broker: it takes long to start, so one test asks all that needs it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused

from daybook.checkout import Checkout
from daybook.engines import rabbitmq
from daybook.engines.rabbitmq import Addresses, Broker
from daybook.ports import Ports
from daybook.supervision.processes import Supervisor
from daybook.supervision.state import State


@pytest.fixture
def broker(state: State, checkout: Checkout) -> Iterator[Broker]:
    binary = rabbitmq.ENGINE.find(checkout.packages)
    assert binary, "make up fetches it"
    with closing(Ports()) as ports:
        picked = Addresses(*(ports.pick(name, 27672) for name in ("amqp", "distribution", "epmd")))
        yield Broker(binary, state, picked)


class TestBroker:
    @pytest.mark.timeout(300)
    async def test_lets_each_service_do_what_it_must_and_no_more(self, broker: Broker, state: State) -> None:
        # What a first boot leaves behind that was cut off.
        (state.data("rabbitmq") / "mnesia" / "daybook@localhost").mkdir(parents=True)
        broker.make()
        assert not (state.data("rabbitmq") / "mnesia").exists()

        async with Supervisor(state) as supervisor:
            for program in broker.programs():
                await supervisor.start_and_wait(program)

            async with await aio_pika.connect(broker.url("daybook_todos")) as connection:
                await self._may_consume(connection)
                for forbidden in ("auth.secrets", "anything"):
                    with pytest.raises(ChannelAccessRefused):
                        await (await connection.channel()).declare_queue(forbidden)
                with pytest.raises(ChannelAccessRefused):
                    await (await connection.channel()).declare_exchange("another")
            async with await aio_pika.connect(broker.url("daybook_gateway")) as connection:
                await self._may_only_listen(connection)
            async with await aio_pika.connect(broker.url()) as connection:
                await (await connection.channel()).declare_queue("anything")
            with pytest.raises(ProbableAuthenticationError):
                await aio_pika.connect(broker.url().replace("@", "x@"))
        broker.make()
        assert (state.data("rabbitmq") / "mnesia").exists(), "what a broker stored outlives its restart"

    @staticmethod
    async def _may_consume(connection: aio_pika.abc.AbstractConnection) -> None:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("daybook.events", "topic", durable=True)
        dead_letters = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "todos.events.dead"}
        queue = await channel.declare_queue(
            "todos.events", durable=True, arguments={"x-queue-type": "quorum", **dead_letters}
        )
        await queue.bind(exchange, "user.registered.v1")
        await exchange.publish(aio_pika.Message(b"hello"), "user.registered.v1")
        async with asyncio.timeout(10):
            message = await queue.get(fail=False)
            while message is None:
                message = await queue.get(fail=False)
        assert message.body == b"hello"
        await message.ack()

    @staticmethod
    async def _may_only_listen(connection: aio_pika.abc.AbstractConnection) -> None:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("daybook.events", "topic", durable=True)
        queue = await channel.declare_queue("gateway.revocations.1", exclusive=True, auto_delete=True)
        await queue.bind(exchange, "session.revoked.v1")
        with pytest.raises(ChannelAccessRefused):
            await exchange.publish(aio_pika.Message(b"forged"), "session.revoked.v1")


class TestMakeMovable:
    def test_lets_the_start_script_be_anywhere(self, tmp_path: Path) -> None:
        erl = tmp_path / "erl"
        erl.write_text("if\n    ROOTDIR=/usr/lib/erlang\nfi\n")

        rabbitmq._make_movable(erl)
        rabbitmq._make_movable(erl)

        assert erl.read_text() == 'if\n    ROOTDIR="${ERL_ROOTDIR:-/usr/lib/erlang}"\nfi\n'
