"""Who holds the card, read from a folder that stands for /proc."""

from pathlib import Path

import pytest

from oyez_hw.card_holder import Holder, card_of, holder, owner_of

OPEN = "state: RUNNING\nowner_pid   : 4711\ntrigger_time: 181.1\ntstamp      : 0.0\ndelay       : 320\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    for card, part, text in (("card0", "pcm0p", "closed\n"), ("card1", "pcm0c", OPEN), ("card1", "pcm0p", "closed\n")):
        folder = tmp_path / "asound" / card / part / "sub0"
        folder.mkdir(parents=True)
        (folder / "status").write_text(text)
    (tmp_path / "asound" / "seeed4mic").symlink_to("card1")
    (tmp_path / "4711").mkdir()
    (tmp_path / "4711" / "comm").write_text("arecord\n")
    return tmp_path


@pytest.mark.parametrize("device", ["hw:1,0", "plughw:1", "hw:CARD=seeed4mic,DEV=0", "plughw:seeed4mic", "default"])
def test_whoever_has_the_microphone_open_is_named(proc: Path, device: str) -> None:
    assert holder(device, "capture", proc) == Holder(4711, "arecord")
    assert str(holder(device, "capture", proc)) == "arecord (process 4711)"


@pytest.mark.parametrize("device", ["hw:0,0", "hw:1,3", "hw:7", "hw:CARD=nobody"])
def test_another_card_is_held_by_nobody(proc: Path, device: str) -> None:
    assert holder(device, "capture", proc) is None
    assert holder("default", "playback", proc) is None


def test_a_process_that_cannot_be_seen_is_a_number(proc: Path) -> None:
    (proc / "4711" / "comm").unlink()
    assert str(holder("hw:1", "capture", proc)) == "a program (process 4711)"


def test_a_machine_without_sound_has_no_holders(tmp_path: Path) -> None:
    assert holder("default", "capture", tmp_path) is None


@pytest.mark.parametrize(
    ("device", "card"),
    [
        ("sysdefault:CARD=Device", ("Device", None)),
        ("hw:2,1", ("2", 1)),
        ("front:CARD=PCH,DEV=3", ("PCH", 3)),
        ("default", ("", None)),
        ("oyez_microphone", ("", None)),
        ("tee:cards,'../../etc',raw", ("cards", None)),
        ("plug:'hw:1,0'", ("", None)),
        ("hw:../..", ("", None)),
    ],
)
def test_the_card_in_an_alsa_name(device: str, card: tuple[str, int | None]) -> None:
    assert card_of(device) == card


def test_a_closed_pcm_has_no_owner() -> None:
    assert owner_of("closed\n") is None
