from gateway.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.begin()
        breaker.fail()
    assert not breaker.closed
    return breaker


class TestBreaker:
    def test_opens_after_failures_in_a_row(self) -> None:
        breaker = Breaker(Clock())
        for _ in range(4):
            breaker.fail()
        breaker.succeed()
        for _ in range(4):
            breaker.fail()
        assert breaker.passes()
        breaker.fail()
        assert not breaker.passes()

    def test_lets_one_request_through_when_its_time_is_over(self) -> None:
        clock = Clock()
        breaker = broken(clock)
        clock.now = breaker.wait()
        assert breaker.passes()
        breaker.begin()
        assert not breaker.passes()
        breaker.succeed()
        assert breaker.closed
        assert breaker.passes()

    def test_waits_longer_each_time_but_never_long(self) -> None:
        clock = Clock()
        breaker, waits = broken(clock), list[float]()
        for _ in range(5):
            waits.append(breaker.wait())
            clock.now += breaker.wait()
            breaker.begin()
            breaker.fail()
        assert waits == [0.5, 1.0, 2.0, 3.0, 3.0]

    def test_a_probe_that_tells_nothing_is_tried_again(self) -> None:
        clock = Clock()
        breaker = broken(clock)
        clock.now += breaker.wait()
        breaker.begin()
        breaker.give_up()
        assert breaker.passes()
        assert not breaker.closed

    def test_what_began_before_it_opened_does_not_keep_it_open(self) -> None:
        clock = Clock()
        breaker = broken(clock)
        clock.now = 0.4
        breaker.fail()
        assert breaker.wait() < 0.11
        breaker.succeed()
        assert breaker.closed

    def test_does_not_open_for_a_failure_that_all_have(self) -> None:
        breaker = Breaker(Clock())
        for _ in range(20):
            breaker.fail(opens=False)
        assert breaker.closed

    def test_closes_when_the_probe_meets_only_what_all_have(self) -> None:
        clock = Clock()
        breaker = broken(clock)
        clock.now += breaker.wait()
        breaker.begin()
        breaker.fail(opens=False)
        assert breaker.closed
