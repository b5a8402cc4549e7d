"""Through what a sentence is tried to be said."""

from oyez.config_file import parse
from oyez_hw.machine import Card, Pcm, Snapshot
from oyez_system.loudspeakers import loudspeakers

USB = Card(2, "Mic", usb_id="1234:5678", usb_path="1-1", pcms=(Pcm(0, "USB Audio", captures=True, plays=True),))
JACK = Card(1, "Headphones", pcms=(Pcm(0, "bcm2835 Headphones", plays=True),))
SCREEN = Card(0, "vc4hdmi0", pcms=(Pcm(0, "MAI PCM", plays=True),))
EARS_ONLY = Card(3, "Ears", usb_id="1234:9999", usb_path="1-2", pcms=(Pcm(0, "USB Audio", captures=True),))


def devices(config: str | None, *cards: Card) -> list[str]:
    machine = Snapshot(cards=cards)
    settled = None if config is None else parse(config, "", machine)
    return [settings.playback_device for settings in loudspeakers(settled, machine)]


def test_the_configured_board_comes_first_and_then_whatever_plays() -> None:
    named = '[board]\nplayback_device = "hw:CARD=Mine"\n'
    assert devices(named, SCREEN, JACK)[0] == "hw:CARD=Mine"
    assert devices(named, SCREEN, JACK)[1:] == ["plughw:CARD=Headphones,DEV=0", "plughw:CARD=vc4hdmi0,DEV=0"]


def test_without_a_configuration_the_board_that_shows_itself_is_used() -> None:
    assert devices(None, SCREEN, JACK, USB)[0] == "hw:CARD=Mic,DEV=0"


def test_what_cannot_play_is_left_out() -> None:
    assert devices(None, EARS_ONLY) == []
    assert devices('[board]\nname = "simulated"\n') == []
