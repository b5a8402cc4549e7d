"""Why a session was lost, as the house is told it."""

import pytest

from oyez.session.ending import EXPECTED, ended_by_service, lost, wants_new_token
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime.closing import Remedy, Verdict, judge_close
from oyez_realtime.errors import ConnectionLost, SessionRefused, UpdateRefused
from oyez_realtime.responses import ErrorDetail


def verdict(remedy: Remedy) -> Verdict:
    return Verdict(remedy, "Do this.")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TokenRefused("Unknown device."), "token_refused"),
        (BackendAway("No backend."), "backend_away"),
        (SessionRefused("No such model.", verdict(Remedy.REFUSED)), "line_refused"),
        (SessionRefused("Not this token.", verdict(Remedy.NEW_TOKEN)), "line_refused"),
        (ConnectionLost("No route.", verdict(Remedy.RETRY)), "line_away"),
        (ConnectionLost("It broke.", verdict(Remedy.RETRY), 1006), "line_lost"),
        (ConnectionLost("By policy.", verdict(Remedy.REFUSED), 1008), "line_refused"),
        (TimeoutError(), "line_away"),
        (OSError("Network is unreachable"), "line_away"),
    ],
)
def test_each_failure_is_told_by_who_must_act_in_a_sentence(error: Exception, reason: str) -> None:
    told = lost(error)
    assert told.reason == reason
    assert told.sentence.endswith((".", "?"))
    assert str(error) in told.sentence


def test_a_group_is_told_as_its_first_error_however_deep() -> None:
    group = ExceptionGroup("link", [ExceptionGroup("inner", [TokenRefused("Unknown device.")]), OSError("x")])
    assert lost(group) == lost(TokenRefused("Unknown device."))


def test_a_backend_that_names_a_time_is_asked_again_then() -> None:
    assert lost(BackendAway("Busy.", 7.0)).retry_after_s == 7.0
    assert lost(BackendAway("Away.")).retry_after_s is None


def test_an_error_without_words_still_makes_a_sentence() -> None:
    assert "did not open the line in time" in lost(TimeoutError()).sentence
    assert "(OSError)" in lost(OSError()).sentence


def test_settings_that_the_service_refuses_are_a_refusal() -> None:
    detail = ErrorDetail("invalid_request_error", "No such voice.", "invalid_value")
    refused = UpdateRefused("No such voice.", verdict(Remedy.IGNORE), detail)
    assert lost(refused).reason == "line_refused"


def test_a_goodbye_of_the_service_is_told_as_such_and_not_as_a_missing_network() -> None:
    told = lost(ended_by_service())
    assert told.reason == "line_lost"
    assert "ended the conversation" in told.sentence


@pytest.mark.parametrize(("code", "wanted"), [(3000, True), (1006, False), (1008, False), (1001, False)])
def test_only_a_token_that_was_not_accepted_is_thrown_away(code: int, wanted: bool) -> None:
    assert wants_new_token(ConnectionLost("closed", judge_close(code), code)) is wanted


def test_an_error_of_the_network_says_nothing_about_the_token() -> None:
    assert not wants_new_token(OSError("x"))


def test_a_bug_of_ours_is_not_among_what_is_expected() -> None:
    assert not isinstance(ValueError("x"), EXPECTED)
    assert not isinstance(KeyError("x"), EXPECTED)
