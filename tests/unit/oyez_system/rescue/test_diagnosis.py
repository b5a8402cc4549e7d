"""What systemd says of a unit that it gave up, in words of ours."""

import pytest

from oyez_system.rescue.diagnosis import failure, given_up, sentence, told, why
from oyez_system.rescue.ladder import Failure


def unit(result: str, code: int, status: int) -> dict[str, str]:
    return told(f"ActiveState=failed\nResult={result}\nExecMainCode={code}\nExecMainStatus={status}\n")


@pytest.mark.parametrize(
    ("seen", "kind", "word"),
    [
        (unit("exit-code", 1, 78), Failure.MISTAKE, "check-config"),
        (unit("start-limit-hit", 1, 0), Failure.ORDERED, "did not hold"),
        (unit("start-limit-hit", 2, 9), Failure.BROKEN, "LAST WORDS"),
        (unit("watchdog", 3, 6), Failure.BROKEN, "LAST WORDS"),
        (unit("start-limit-hit", 1, 69), Failure.BROKEN, "exit code 69"),
        (unit("exit-code", 1, 243), Failure.BROKEN, "as its unit asks (exit code 243)"),
        (unit("resources", 0, 0), Failure.BROKEN, "could not give it"),
        (unit("start-limit-hit", 1, 70), Failure.BROKEN, "LAST WORDS"),
        ({}, Failure.BROKEN, "LAST WORDS"),
    ],
)
def test_each_end_has_its_kind_and_its_clause(seen: dict[str, str], kind: Failure, word: str) -> None:
    assert failure(seen) is kind
    assert word in why(seen, "LAST WORDS")


def test_a_signal_with_the_number_of_an_exit_code_is_no_exit_code() -> None:
    assert failure(unit("signal", 2, 78)) is Failure.BROKEN


def test_only_a_failed_unit_was_given_up() -> None:
    assert given_up(unit("exit-code", 1, 78))
    assert not given_up(told("ActiveState=active"))
    assert not given_up(told(""))


def test_the_sentence_says_what_happened_and_what_is_done() -> None:
    said = sentence("its configuration has a mistake", "Mend the file.")
    assert said == "Oyez was given up by systemd, because its configuration has a mistake. Mend the file."
