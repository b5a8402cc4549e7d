"""Draws tests/hardware/wiring.svg: how a bench is wired, in the names of rig.toml.

python -m tests.hardware.make_wiring
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 980, 640
SOUND, POWER, DATA, SIGNAL = "#0072b2", "#d55e00", "#666666", "#009e73"
NAMES = {POWER: "power", DATA: "network and USB", SIGNAL: "GPIO", SOUND: "sound"}
LINE = 17
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#111}.head{font-weight:600}.key{font:12px monospace;fill:#444}"
    ".box{fill:#fff;stroke:#333;stroke-width:1.5}.wire{fill:none;stroke-width:2.5}.air{stroke-dasharray:3 6}"
)


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    head: str
    lines: Sequence[str] = ()
    key: str = ""
    """Table of rig.toml."""

    @property
    def height(self) -> int:
        return 16 + LINE * (1 + len(self.lines) + bool(self.key))

    def drawn(self) -> str:
        texts = [("head", self.head), *(("", line) for line in self.lines), *([("key", self.key)] if self.key else [])]
        said = "".join(
            f'<text class="{kind}" x="{self.x + 12}" y="{self.y + 20 + LINE * number}">{escape(text)}</text>'
            for number, (kind, text) in enumerate(texts)
        )
        frame = f'<rect class="box" x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}" rx="6"/>'
        return frame + said


@dataclass(frozen=True)
class Wire:
    colour: str
    points: Sequence[tuple[int, int]]
    name: str = ""
    at: tuple[int, int] = (0, 0)
    air: bool = False

    def drawn(self) -> str:
        path = " ".join(f"{x},{y}" for x, y in self.points)
        kind = "wire air" if self.air else "wire"
        name = f'<text x="{self.at[0]}" y="{self.at[1]}">{escape(self.name)}</text>' if self.name else ""
        return f'<polyline class="{kind}" stroke="{self.colour}" points="{path}"/>{name}'


BENCH = Box(
    30, 210, 230, "Bench machine", ("a Pi 4 or 5, or a PC", "runs the tests and the broker"), "rig.toml, [broker]"
)
PI = Box(650, 300, 290, "Pi under test", ("Oyez as its owner has it", "sound board on top, or USB"), "[ssh] [daemon]")
BOARD = Box(650, 450, 290, "Sound board", ("its microphones, loudspeaker,", "button, lamps"), "--board, [board]")
MOUTH = Box(30, 480, 230, "Mouth", ("loudspeaker with amplifier,", "1 m from the microphones"), "[mouth]")
EAR = Box(340, 530, 220, "Reference microphone", ("30 cm from its loudspeaker",), "[ear]")
SUPPLY = Box(650, 30, 290, "Power supply of the Pi", ("5 V, 3 A or 5 A",))
RELAY = Box(340, 30, 220, "USB relay, channel 1", ("in the supply's 5 V wire",), "[power]")
SWITCH = Box(340, 120, 220, "Network switch", ("its port can be switched",), "[network]")
UNPLUG = Box(340, 210, 220, "USB relay, channel 2", ("in the 5 V wire of a USB", "sound card's cable"), "[usb]")
OPTO = Box(340, 320, 220, "Optocoupler", ("over the button's contacts",), "wires.action, wires.mute")
EYE = Box(340, 420, 220, "Photodiode, comparator", ("in a tube on one lamp, 3.3 V",), "wires.light")
BOXES = (BENCH, PI, BOARD, MOUTH, EAR, SUPPLY, RELAY, SWITCH, UNPLUG, OPTO, EYE)
WIRES = (
    Wire(DATA, ((120, 210), (120, 60), (340, 60)), "USB: opens and closes it", (128, 52)),
    Wire(POWER, ((650, 50), (560, 50)), "5 V", (592, 42)),
    Wire(POWER, ((560, 80), (610, 80), (610, 320), (650, 320)), "switched 5 V", (616, 112)),
    Wire(DATA, ((180, 210), (180, 150), (340, 150)), "network", (190, 142)),
    Wire(DATA, ((560, 150), (625, 150), (625, 340), (650, 340))),
    Wire(DATA, ((260, 240), (340, 240)), "USB", (280, 232)),
    Wire(DATA, ((560, 240), (690, 240), (690, 300)), "to the card's plug", (570, 232)),
    Wire(SIGNAL, ((230, 294), (230, 350), (340, 350)), "GPIO out", (240, 342)),
    Wire(SIGNAL, ((560, 350), (595, 350), (595, 470), (650, 470))),
    Wire(SIGNAL, ((200, 294), (200, 450), (340, 450)), "GPIO in", (240, 442)),
    Wire(SIGNAL, ((560, 450), (580, 450), (580, 490), (650, 490))),
    Wire(SOUND, ((80, 294), (80, 480)), "USB or jack", (88, 400)),
    Wire(SOUND, ((260, 545), (300, 545), (300, 510), (650, 510)), "speech through 1 m of air", (400, 504), air=True),
    Wire(SOUND, ((800, 534), (800, 575), (560, 575)), "30 cm of air", (640, 568), air=True),
    Wire(SOUND, ((340, 580), (310, 580), (310, 620), (14, 620), (14, 260), (30, 260)), "USB", (150, 614)),
    Wire(DATA, ((790, 384), (790, 450)), "header or USB", (798, 422)),
)


def svg() -> str:
    legend = "".join(
        f'<rect x="{650 + 0}" y="{585 + 0 + 14 * number}" width="24" height="4" fill="{colour}"/>'
        f'<text class="key" x="682" y="{591 + 14 * number}">{name}</text>'
        for number, (colour, name) in enumerate(NAMES.items())
    )
    inside = "".join(one.drawn() for one in (*WIRES, *BOXES))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="How a bench is wired"><style>{STYLE}</style>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fafafa"/>{inside}{legend}</svg>\n'
    )


if __name__ == "__main__":
    (Path(__file__).parent / "wiring.svg").write_text(svg(), encoding="utf-8")
