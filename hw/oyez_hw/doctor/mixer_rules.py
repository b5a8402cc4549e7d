"""Controls that silence a card, judged. Pure."""

from collections.abc import Iterator, Sequence

from oyez_hw.doctor.finding import Finding
from oyez_hw.doctor.sound_facts import Mixer

ALL_PLAYBACK = ("Master", "PCM", "Digital", "Playback", "DAC")
OUTPUTS = ("Speaker", "Headphone", "HP", "Line", "Lineout", "HDMI")
ALL_CAPTURE = ("Capture", "ADC", "PGA", "ADC PCM")
INPUTS = ("Mic", "Input")
"""How elements are called, or begin: those that all sound goes through, and those of one output or input each, of which
a board may well have some closed. Gathered from the catalogue's boards; an element of another name is not judged."""


def is_known(name: str, playback: bool) -> bool:
    """One that may silence the card. Others are switches of paths."""
    return _of(name, (*ALL_PLAYBACK, *OUTPUTS) if playback else (*ALL_CAPTURE, *INPUTS))


def judge_mixers(mixers: Sequence[Mixer]) -> Iterator[Finding]:
    playback = [mixer for mixer in mixers if mixer.playback_percent is not None or mixer.playback_on is not None]
    capture = [mixer for mixer in mixers if mixer.capture_percent is not None or mixer.capture_on is not None]
    for mixer in _silencing(playback, ALL_PLAYBACK, OUTPUTS):
        state = "switched off" if mixer.playback_on is False else "at zero"
        yield Finding(
            "playback_off",
            "trouble",
            f"The mixer's control {mixer.name} for the loudspeaker is {state}.",
            "Nobody hears what the device says.",
            f"Turn it up: `alsamixer`, or `amixer sset '{mixer.name}' 60% unmute`, then `sudo alsactl store`.",
        )
    for mixer in _silencing(capture, ALL_CAPTURE, INPUTS):
        state = "switched off" if mixer.capture_on is False else "at zero"
        yield Finding(
            "capture_off",
            "trouble",
            f"The mixer's control {mixer.name} for the microphone is {state}.",
            "The device hears nothing, or next to nothing.",
            f"Turn it up: `alsamixer -V capture` or `amixer sset '{mixer.name}' 80% cap`; `sudo alsactl store`.",
        )


def _silencing(mixers: Sequence[Mixer], common: tuple[str, ...], ways: tuple[str, ...]) -> list[Mixer]:
    """Any of those in common, and those of the ways only when all of them are closed."""
    closed = [mixer for mixer in mixers if _of(mixer.name, common) and _is_closed(mixer)]
    of_ways = [mixer for mixer in mixers if _of(mixer.name, ways)]
    return closed + (of_ways if of_ways and all(map(_is_closed, of_ways)) else [])


def _is_closed(mixer: Mixer) -> bool:
    return 0 in (mixer.playback_percent, mixer.capture_percent) or False in (mixer.playback_on, mixer.capture_on)


def _of(name: str, names: tuple[str, ...]) -> bool:
    return name in names or name.split(" ")[0] in names
