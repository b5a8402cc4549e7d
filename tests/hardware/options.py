"""The options of tests/hardware: which board is under test, and what stands around it.

pytest tests/hardware                                              the boards that need no hardware
pytest tests/hardware --board NAME --capture-device PCM --playback-device PCM      a card of this machine
pytest tests/hardware --board NAME --rig rig.toml                  a Pi on the bench
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pytest

from oyez_hw.pcm import PcmFormat
from tests.hardware.rig.rig_file import Rig

DATA = Path(__file__).parents[3] / "shared" / "data" / "dev"
REPORT = Path("build/hardware")
Loop = Literal["air", "digital", "none"]
"""How the board's microphones hear its own loudspeaker. digital: sample by sample, as snd-aloop does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for. Empty or None: nothing was."""

    board: str = ""
    capture_device: str = ""
    playback_device: str = ""
    capture_format: PcmFormat | None = None
    playback_format: PcmFormat | None = None
    loop: Loop = "air"
    rig: Path | None = None
    data: Path = DATA
    soak_hours: float | None = None


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("hardware", "tests/hardware: the board under test")
    group.addoption("--board", default="", metavar="NAME", help="as `oyez-hw list` names it; unset: simulated, virtual")
    group.addoption("--capture-device", default="", metavar="PCM", help="its microphones; unset: as the catalogue says")
    group.addoption("--playback-device", default="", metavar="PCM", help="its loudspeaker; unset: the same")
    for part in ("capture", "playback"):
        text = f"of the {part}; unset: as the catalogue says"
        group.addoption(f"--{part}-format", type=pcm_format, metavar="HZ,CHANNELS[,BITS]", help=text)
    group.addoption("--loop", choices=get_args(Loop), default="air", help="how it hears itself")
    group.addoption("--rig", type=Path, metavar="FILE", help="the bench, see tests/hardware/README.md")
    group.addoption("--data", type=Path, default=DATA, metavar="DIR", help="recordings with a manifest.csv")
    group.addoption("--soak-hours", type=float, metavar="H", help="of the soak; unset: 24, here a minute")
    group.addoption("--report", type=Path, default=REPORT, metavar="DIR", help=f"unset: {REPORT}")
    group.addoption("--history", type=Path, default=REPORT / "history.jsonl", metavar="FILE", help="figures so far")
    group.addoption("--fail-on-regression", action="store_true", help="a figure worse than usual fails the run")


def wish_of(config: pytest.Config) -> Wish:
    """pytest knows these options only where tests/hardware was named on its command line."""
    return Wish(**{name: config.getoption(name, getattr(Wish(), name)) for name in Wish.__slots__})


def conditions_of(wish: Wish, rig: Rig) -> dict[str, str]:
    """What makes the figures of one run unlike those of another."""
    loop = {"loop": wish.loop} if wish.board else {}
    mouth = {"mouth": f"{rig.mouth.distance_m:g} m"} if rig.mouth is not None else {}
    return {**loop, **mouth, **({"data": wish.data.name} if wish.data != DATA else {})}


def pcm_format(text: str) -> PcmFormat:
    """`48000,2` or `48000,2,32`. Raises ValueError."""
    parts = [int(part) for part in text.split(",")]
    if len(parts) not in (2, 3):
        raise ValueError(f"{text} is no format: HZ,CHANNELS or HZ,CHANNELS,BITS")
    return PcmFormat(*parts)
