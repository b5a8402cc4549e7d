"""The view: what happened, as an onlooker may know it."""

from oyez import actions as do, events as ev
from oyez.state import Phase, State
from oyez.view import Trouble, View, see


def test_what_was_heard_and_said_last_is_seen() -> None:
    view = see(View(), State(phase=Phase.THINKING), ev.TextHeard("i", "hello"), [])
    view = see(view, State(phase=Phase.SPEAKING), ev.TextSaid("j", "good day"), [])
    assert (view.state, view.last_heard, view.last_said) == ("speaking", "hello", "good day")


def test_a_trouble_is_seen_until_it_is_over_and_another_kind_does_not_end_it() -> None:
    troubled = see(View(), State(), ev.DeadlinePassed(), [do.Complain("backend_away", "It is away.")])
    assert troubled.trouble == Trouble("backend_away", "It is away.")
    assert see(troubled, State(), ev.DeadlinePassed(), [do.Relieve(("microphone",))]).trouble is not None
    assert see(troubled, State(), ev.DeadlinePassed(), [do.Relieve(("backend_away",))]).trouble is None


def test_muting_is_seen_beside_the_state_and_not_in_place_of_it() -> None:
    view = see(View(), State(phase=Phase.ANNOUNCING, muted=True), ev.MuteAsked(True), [do.SetMuted(True)])
    assert (view.state, view.muted) == ("speaking", True)


def test_of_two_troubles_the_newest_is_told_and_the_other_stays_when_it_is_over() -> None:
    found = [do.Complain("broker_away", "No broker."), do.Complain("microphone", "No card.")]
    view = see(View(), State(), ev.DeadlinePassed(), found)
    assert view.trouble == Trouble("microphone", "No card.")
    view = see(view, State(), ev.DeadlinePassed(), [do.Relieve(("microphone",))])
    assert view.trouble == Trouble("broker_away", "No broker.")


def test_a_budget_is_seen_as_warned_then_spent_then_renewed() -> None:
    view = see(View(), State(), ev.BudgetWarned("Most of it."), [])
    assert view.budget == "warned"
    spent = see(view, State(spent="All of it."), ev.BudgetSpent("day", "All of it."), [])
    assert spent.budget == "spent"
    assert see(spent, State(), ev.BudgetRenewed(), []).budget == "ok"
