"""A button that is held while the power comes on."""

from hypothesis import given, strategies as st

from oyez_system.reset.hold import DEBOUNCE_S, HOLD_S, LET_GO_S, Hold


def test_ten_seconds_and_then_let_go_erases() -> None:
    hold = Hold(100.0)
    assert hold.at(109.9) == "wait"
    assert hold.at(110.1) == "let go"
    hold.edge(False, 112.0)
    assert hold.at(112.0 + 2 * DEBOUNCE_S) == "erase"


def test_let_go_before_is_cancelled_even_while_it_is_still_being_said() -> None:
    hold = Hold(100.0)
    hold.edge(False, 98.0)
    hold.edge(True, 99.5)
    assert hold.at(130.0) == "cancelled"


def test_a_line_that_is_held_for_ever_resets_nothing() -> None:
    assert Hold(100.0).at(100.0 + HOLD_S + LET_GO_S + 1) == "stuck"


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 60.0)), max_size=30), st.floats(0.0, 100.0))
def test_nothing_is_erased_unless_the_contact_opened_after_ten_seconds(
    edges: list[tuple[bool, float]], until_s: float
) -> None:
    hold = Hold(0.0)
    for closed, time_s in sorted(edges, key=lambda edge: edge[1]):
        if time_s < until_s:
            hold.edge(closed, time_s)
    opened = [time_s for closed, time_s in edges if not closed and time_s < until_s]
    if hold.at(until_s) == "erase":
        assert any(HOLD_S <= time_s < HOLD_S + LET_GO_S for time_s in opened)


@given(st.lists(st.floats(0.0, HOLD_S - 1), min_size=1, max_size=10, unique=True))
def test_bouncing_is_no_letting_go(times: list[float]) -> None:
    hold = Hold(0.0)
    for time_s in sorted(times):
        hold.edge(False, time_s)
        hold.edge(True, time_s + DEBOUNCE_S / 10)
    assert hold.at(HOLD_S + 1) in ("let go", "cancelled")
    if all(after - before > DEBOUNCE_S for before, after in zip(sorted(times), sorted(times)[1:], strict=False)):
        assert hold.at(HOLD_S + 1) == "let go"
