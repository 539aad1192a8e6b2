import pytest

from chassis import traces

_TRACE, _SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class TestRead:
    @pytest.mark.parametrize("flags, sampled", [("00", False), ("01", True), ("03", True), ("02", False)])
    def test_takes_what_the_specification_shows(self, flags: str, sampled: bool) -> None:
        trace = traces.read(f"00-{_TRACE}-{_SPAN}-{flags}".encode())
        assert trace == (_TRACE, _SPAN, sampled)

    def test_takes_a_later_version_as_far_as_it_is_the_same(self) -> None:
        assert traces.read(f"cc-{_TRACE}-{_SPAN}-01-what-the-future-brings".encode()).trace_id == _TRACE

    @pytest.mark.parametrize(
        "said",
        [
            None,
            b"",
            b"nonsense",
            f"00-{_TRACE}-{_SPAN}-01-more".encode(),
            f"ff-{_TRACE}-{_SPAN}-01".encode(),
            f"00-{_TRACE.upper()}-{_SPAN}-01".encode(),
            f"00-{'0' * 32}-{_SPAN}-01".encode(),
            f"00-{_TRACE}-{'0' * 16}-01".encode(),
            f"00-{_TRACE[1:]}-{_SPAN}-01".encode(),
            f"00-{_TRACE}-{_SPAN}-1".encode(),
            f" 00-{_TRACE}-{_SPAN}-01".encode(),
            f"00-{_TRACE}-{_SPAN}-01\n".encode(),
        ],
    )
    def test_begins_a_trace_of_its_own_otherwise(self, said: bytes | None) -> None:
        one, other = traces.read(said), traces.read(said)
        assert one.trace_id != other.trace_id
        assert one.trace_id != _TRACE
        assert len(one.trace_id) == 32
        assert not one.parent_id


class TestPassedOn:
    def test_names_the_same_trace_and_another_span_each_time(self) -> None:
        trace = traces.read(f"00-{_TRACE}-{_SPAN}-01".encode())
        passed = {trace.passed_on(sampled=True) for _ in range(10)}
        assert len(passed) == 10
        assert {traces.read(each).trace_id for each in passed} == {_TRACE}
        assert _SPAN not in repr(passed)
        assert traces.read(trace.passed_on(sampled=False)).sampled is False


class TestSampling:
    def test_is_the_same_for_all_who_ask(self) -> None:
        many = [traces.read(None) for _ in range(2000)]
        assert not any(trace.falls_below(0) for trace in many)
        assert all(trace.falls_below(1) for trace in many)
        some = [trace for trace in many if trace.falls_below(0.25)]
        assert 300 < len(some) < 700
        assert all(trace.falls_below(0.5) for trace in some)
