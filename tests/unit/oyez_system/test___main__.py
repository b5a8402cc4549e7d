"""`oyez-system`: which verbs there are."""

import pytest

from oyez_system.__main__ import VERBS, main


def test_the_overview_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(verb in shown for verb in VERBS)


@pytest.mark.parametrize("words", [[], ["no-such-verb"]])
def test_without_a_known_verb_it_says_which_there_are_and_ends_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: oyez-system" in capsys.readouterr().err
