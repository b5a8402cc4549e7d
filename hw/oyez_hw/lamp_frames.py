"""What is sent to lamps so that they show a picture: bytes for a SPI bus, held within a current. Pure.

APA102: data sheet of Shiji Lighting (start frame, 0b111 and five bits of global brightness, blue, green, red, end
frame). SK9822 (Normand, Opsco) is its copy, but takes a picture over only with 32 zero bits behind it; and both pass
the clock on half a bit late a lamp, so that n lamps need n/2 further clocks. Zeros serve both, and light no lamp of a
chain that is longer than was said, as the ones of the data sheet do.

WS2812B: data sheets of Worldsemi. Green, red, blue, each with its highest bit first. A 0 is high for 250 to 550 ns and
low for 700 to 1000, a 1 high for 650 to 950 and low for 300 to 600 in the first; 220 to 380 and 580 to 1000, 580 to
1000 and 220 to 420 in that of the V5 and the 2020, which latches after 280 us of low. Four bits of SPI at 3.2 MHz,
312.5 ns each, are one that both take: 1000 for a 0, 1110 for a 1.
"""

import math
from collections.abc import Sequence

from oyez_hw.ports import Colour

MOST_LAMPS = 64
"""More would hold the loop up for longer than 5 ms, and draw more than a board's supply gives."""
CHANNEL_MA = 20.0
"""What one colour of one such lamp takes at its most, by both data sheets' drivers (12 to 20 mA)."""
IDLE_MA = 1.0
"""What a dark one takes."""

APA102_HZ = 4_000_000
WS2812_HZ = 3_200_000
_BIT = {0: 0b1000, 1: 0b1110}
_WS2812_BYTES = [
    b"".join(bytes([_BIT[value >> high & 1] << 4 | _BIT[value >> high - 1 & 1]]) for high in (7, 5, 3, 1))
    for value in range(256)
]
"""Each byte as its four on the bus."""
_LATCH = bytes(WS2812_HZ // 8 * 300 // 1_000_000)
"""300 us of low."""


def apa102(picture: Sequence[Colour]) -> bytes:
    """The global brightness carries the coarse part of each lamp's own, so that dim colours keep their hue."""
    lamps = b"".join(_apa102_lamp(colour) for colour in picture)
    return bytes(4) + lamps + bytes(4) + bytes(-(-len(picture) // 16))


def _apa102_lamp(colour: Colour) -> bytes:
    coarse = min(31, math.ceil(max(colour) * 31))
    red, green, blue = _steps(colour, 31 / coarse) if coarse else (0, 0, 0)
    return bytes([0b111_00000 | coarse, blue, green, red])


def _steps(colour: Colour, share: float) -> list[int]:
    """Of 255. What is to shine shines, however dimly it was asked to: a sign that nobody sees is none."""
    steps = [round(255 * min(1.0, part * share)) for part in colour]
    return steps if any(steps) else [int(0.0 < part == max(colour)) for part in colour]


def ws2812(picture: Sequence[Colour]) -> bytes:
    """Low before it, too: what the bus did since the last picture must not count."""
    lamps = (_steps(lamp, 1.0) for lamp in picture)
    bits = b"".join(_WS2812_BYTES[step] for red, green, blue in lamps for step in (green, red, blue))
    return _LATCH + bits + _LATCH


def draws_ma(picture: Sequence[Colour]) -> float:
    return sum(IDLE_MA + CHANNEL_MA * sum(lamp) for lamp in picture)


def within(picture: Sequence[Colour], most_ma: float) -> list[Colour]:
    """The same picture, all of it dimmer where it would take more."""
    idle_ma = IDLE_MA * len(picture)
    light_ma = draws_ma(picture) - idle_ma
    left_ma = max(0.0, most_ma - idle_ma)
    share = 1.0 if light_ma <= left_ma else left_ma / light_ma
    return [Colour(*(min(1.0, max(0.0, part * share)) for part in lamp)) for lamp in picture]
