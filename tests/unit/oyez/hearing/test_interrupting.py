"""What may stop a reply, by configuration and board."""

import pytest

from oyez.config import Board, Hearing
from oyez.config_hearing import BargeIn
from oyez.hearing.interrupting import barge_in_mode, words_count


def test_speech_interrupts_where_the_device_can_tell_it_from_its_own_voice() -> None:
    assert barge_in_mode(Hearing(), Board()) == "speech"
    assert barge_in_mode(Hearing(echo_cancellation=False), Board(clean_channel=0)) == "speech"


def test_without_a_canceller_and_without_a_clean_channel_only_words_interrupt() -> None:
    assert barge_in_mode(Hearing(echo_cancellation=False), Board()) == "wake_word"


@pytest.mark.parametrize("mode", ["wake_word", "off"])
@pytest.mark.parametrize("cancels", [True, False])
def test_who_wants_less_gets_less_on_every_board(mode: BargeIn, cancels: bool) -> None:
    assert barge_in_mode(Hearing(barge_in=mode, echo_cancellation=cancels), Board()) == mode


def test_words_wait_for_the_end_of_a_reply_only_where_barge_in_is_off() -> None:
    assert [words_count(mode, replying=True) for mode in ("speech", "wake_word", "off")] == [True, True, False]
    assert all(words_count(mode, replying=False) for mode in ("speech", "wake_word", "off"))
