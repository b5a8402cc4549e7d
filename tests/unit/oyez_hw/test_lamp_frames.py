"""Frames byte for byte as the data sheets draw them, and never more current than the board gives."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_hw.lamp_frames import WS2812_HZ, apa102, draws_ma, within, ws2812
from oyez_hw.ports import DARK, Colour

LIGHT = st.floats(0.0, 1.0)
COLOURS = st.builds(Colour, LIGHT, LIGHT, LIGHT)
PICTURES = st.lists(COLOURS, min_size=1, max_size=64)
RED, GREEN, BLUE = Colour(1.0, 0.0, 0.0), Colour(0.0, 1.0, 0.0), Colour(0.0, 0.0, 1.0)


def test_apa102_has_a_start_frame_of_zeros_then_brightness_blue_green_red_of_each_lamp() -> None:
    frame = apa102([RED, GREEN, BLUE])
    assert frame[:4] == bytes(4)
    assert frame[4:16] == bytes.fromhex("ff0000ff ff00ff00 ffff0000")


@pytest.mark.parametrize(("lamps", "behind"), [(1, 5), (3, 5), (16, 5), (17, 6), (64, 8)])
def test_behind_the_lamps_come_32_zero_bits_for_the_sk9822_and_half_a_clock_a_lamp(lamps: int, behind: int) -> None:
    frame = apa102([RED] * lamps)
    assert frame[4 + 4 * lamps :] == bytes(behind)
    assert (behind - 4) * 8 >= lamps / 2


def test_a_dark_apa102_lamp_is_told_so_in_both_of_its_brightnesses() -> None:
    assert apa102([DARK])[4:8] == bytes.fromhex("e0000000")


@given(COLOURS)
def test_what_an_apa102_lamp_gives_is_within_half_a_step_of_what_was_asked(colour: Colour) -> None:
    coarse, blue, green, red = apa102([colour])[4:8]
    assert coarse & 0b1110_0000 == 0b1110_0000
    share = (coarse & 0b1_1111) / 31
    for given_light, wanted in ((red, colour.red), (green, colour.green), (blue, colour.blue)):
        assert abs(given_light / 255 * share - wanted) <= share * (0.5 if max(colour) > 1e-4 else 1.0) / 255 + 1e-9


@given(COLOURS.filter(lambda colour: max(colour) > 1 / 31))
def test_a_dim_apa102_colour_has_all_eight_bits_for_its_hue(colour: Colour) -> None:
    assert max(apa102([colour])[5:8]) > 127


@given(st.floats(1e-12, 1.0))
def test_what_is_to_shine_shines_in_its_own_hue_however_dimly(light: float) -> None:
    _, blue, green, red = apa102([Colour(light, 0.0, 0.0)])[4:8]
    assert red > 0 == blue == green
    assert decoded(levels(ws2812([Colour(light, 1.0, 0.0)])))[1] == round(255 * light), "beside a bright one it may not"
    assert decoded(levels(ws2812([Colour(light, 0.0, 0.0)])))[1] >= 1


def levels(frame: bytes) -> list[tuple[int, float]]:
    """What the data line does: (level, ns), from its first high on."""
    bits = "".join(f"{byte:08b}" for byte in frame)
    runs: list[tuple[int, float]] = []
    for bit in bits[bits.index("1") :]:
        length = 1e9 / WS2812_HZ
        if runs and runs[-1][0] == int(bit):
            runs[-1] = (int(bit), runs[-1][1] + length)
        else:
            runs.append((int(bit), length))
    return runs


def decoded(runs: list[tuple[int, float]]) -> list[int]:
    """As a WS2812B reads it: a long high is a 1. Holds each time to both data sheets."""
    bits = []
    for (high, high_ns), (low, low_ns) in zip(runs[::2], runs[1::2], strict=True):
        assert (high, low) == (1, 0)
        last = low_ns > 50_000
        if high_ns > 500:
            assert 650 <= high_ns <= 950
            assert last or 300 <= low_ns <= 420
        else:
            assert 250 <= high_ns <= 380
            assert last or 700 <= low_ns <= 1000
        bits.append(int(high_ns > 500))
    return [int("".join(map(str, bits[start : start + 8])), 2) for start in range(0, len(bits), 8)]


def test_ws2812_sends_green_red_blue_with_the_highest_bit_first() -> None:
    half = Colour(128 / 255, 1 / 255, 3 / 255)
    assert decoded(levels(ws2812([half]))) == [1, 128, 3]


@given(st.lists(COLOURS.filter(lambda c: round(c.green * 255) > 127), min_size=1, max_size=8))
def test_every_ws2812_bit_keeps_the_times_of_both_data_sheets(picture: list[Colour]) -> None:
    read = decoded(levels(ws2812(picture)))
    assert read == [round(255 * part) for lamp in picture for part in (lamp.green, lamp.red, lamp.blue)]


def test_ws2812_is_latched_by_more_than_280_us_of_low_before_and_behind() -> None:
    frame = ws2812([RED])
    quiet = 280e-6 * WS2812_HZ / 8
    assert not any(frame[: round(quiet)])
    assert not any(frame[-round(quiet) :])
    assert len(frame) < 4096, "spidev takes no more at once"
    assert len(ws2812([RED] * 64)) * 8 / WS2812_HZ < 0.005, "the loop waits for the bus"


@given(PICTURES, st.floats(1.0, 5000.0))
def test_no_picture_takes_more_than_the_limit_or_than_the_dark_lamps_do(picture: list[Colour], most_ma: float) -> None:
    limited = within(picture, most_ma)
    idle_ma = draws_ma([DARK] * len(picture))
    assert draws_ma(limited) <= max(most_ma, idle_ma) + 1e-6


@given(PICTURES)
def test_a_picture_within_the_limit_is_left_as_it_is(picture: list[Colour]) -> None:
    assert within(picture, draws_ma(picture) + 1e-6) == picture


def test_a_picture_beyond_it_is_dimmed_all_over_so_that_it_stays_the_same_picture() -> None:
    dimmed = within([RED, GREEN, Colour(0.5, 0.0, 0.0)], 28.0)
    assert [max(lamp) for lamp in dimmed] == pytest.approx([0.5, 0.5, 0.25])
