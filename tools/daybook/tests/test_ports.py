import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from daybook.failures import Failure
from daybook.ports import Ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def ports() -> Iterator[Ports]:
    with closing(Ports()) as ports:
        yield ports


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


class TestIsFree:
    def test_notices_who_listens_on_the_other_loopback_address(self) -> None:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
            assert not is_free(server.getsockname()[1])

    def test_notices_who_listens_everywhere(self) -> None:
        with socket.create_server(("", 0)) as server:
            assert not is_free(server.getsockname()[1])


class TestPick:
    def test_takes_the_preferred_port(self, ports: Ports) -> None:
        port = ports.pick("redis", 28001)

        assert port == 28001
        assert ports.picked == {"redis": port}

    def test_goes_on_from_a_taken_one(self, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("daybook.ports.is_free", lambda port: port != 28002)

        assert ports.pick("redis", 28002) == 28022

    def test_takes_the_one_of_last_time_if_it_is_free(self) -> None:
        with closing(Ports({"redis": 28044})) as ports:
            assert ports.pick("redis", 28003) == 28044

    def test_keeps_apart_two_who_pick_before_either_listens(self, ports: Ports) -> None:
        with closing(Ports()) as other:
            assert ports.pick("redis", 28004) != other.pick("redis", 28004)


class TestInsist:
    def test_says_that_a_port_was_chosen_twice(self, ports: Ports) -> None:
        port = free_port()
        ports.insist("app", port, variable="DAYBOOK_APP_PORT")

        with pytest.raises(Failure, match="chosen twice: set DAYBOOK_API_PORT"):
            ports.insist("gateway", port, variable="DAYBOOK_API_PORT")

    def test_gives_the_port_that_was_chosen(self, ports: Ports) -> None:
        port = free_port()

        assert ports.insist("app", port, variable="DAYBOOK_APP_PORT") == port

    def test_refuses_a_taken_one_in_a_sentence_that_says_what_to_do(self, ports: Ports, taken: int) -> None:
        with pytest.raises(Failure, match=rf"Port {taken} is taken: set DAYBOOK_APP_PORT"):
            ports.insist("app", taken, variable="DAYBOOK_APP_PORT")
