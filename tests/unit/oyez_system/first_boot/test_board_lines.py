"""Lines for the sound board, and starting again for them."""

from hypothesis import given, strategies as st

from oyez_hw.machine import Card, HatRead, Pcm, Snapshot
from oyez_system.first_boot.board_lines import MOST_RESTARTS, Record, decide, is_there, wanted

USB = Card(1, "Mic", usb_id="1234:5678", usb_path="1-1", pcms=(Pcm(0, "USB Audio", captures=True, plays=True),))
CODEC = HatRead("Raspberry Pi Ltd.", "Raspberry Pi Codec Zero")


def test_a_named_board_has_its_lines_whatever_is_there() -> None:
    assert "dtoverlay=wm8960-soundcard" in (wanted("respeaker-2mic-v1", Snapshot()) or "")


def test_nothing_is_known_of_a_board_that_nobody_sees() -> None:
    assert wanted("auto", Snapshot()) is None
    assert wanted("alsa", Snapshot(cards=(USB,))) is None


def test_a_usb_microphone_needs_no_lines_and_a_hat_beside_it_its_own() -> None:
    assert "dtoverlay" not in (wanted("auto", Snapshot(cards=(USB,))) or "dtoverlay")
    assert "dtoverlay=rpi-codeczero" in (wanted("auto", Snapshot(cards=(USB,), hat=CODEC)) or "")


def test_a_board_without_a_card_is_not_there() -> None:
    assert not is_there("auto", Snapshot(hat=CODEC))
    assert is_there("auto", Snapshot(cards=(USB,)))
    assert is_there("alsa", Snapshot())


def test_another_version_that_would_write_other_lines_leaves_a_board_that_works_alone() -> None:
    assert decide("c", "new\n", "old\n", True, Record("c")).write is None


def test_remarks_alone_are_no_reason() -> None:
    assert not decide("c", "# new\na\n", "a\n", True, Record()).restart


TEXTS = st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"])


@given(st.lists(st.tuples(TEXTS, st.booleans(), st.booleans())))
def test_whatever_is_found_at_each_start_it_starts_again_only_so_often(starts: list[tuple[str, bool, bool]]) -> None:
    """(what is wanted, whether a card is there, whether the write is lost with the power): one configuration."""
    written, record, restarts = "", Record(), 0
    for lines, there, lost in starts:
        decision = decide("c", lines, written, there, record)
        record = decision.record
        written = decision.write if decision.write is not None and not lost else written
        restarts += decision.restart
    assert restarts <= MOST_RESTARTS
