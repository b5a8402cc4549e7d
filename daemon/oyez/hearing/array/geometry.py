"""Pure: where the microphones are, and how much later each hears a distant source.

Directions are degrees seen from above: 0 is the board's front (+y), 90 its right (+x). Sources are far away (plane
waves) and at the board's height: a voice from 30 degrees above shortens all delays alike by 13 % and turns none.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oyez.config_hearing import MicrophonePlace

Floats = npt.NDArray[np.float64]
SPEED_OF_SOUND_M_S = 343.0
GRID_DEG = 5.0
"""Of the directions that are tried; a parabola through the best finds what lies between."""


def places_m(microphones: Sequence[MicrophonePlace]) -> Floats:
    """(microphones, 3), relative to their own middle."""
    places = np.array([(place.x_mm, place.y_mm, place.z_mm) for place in microphones]) / 1000
    middle: Floats = places - places.mean(axis=0)
    return middle


def delays_s(places: Floats, directions_deg: npt.ArrayLike) -> Floats:
    """(directions, microphones): how much later than the middle each microphone hears it; negative: earlier."""
    angles = np.radians(np.atleast_1d(np.asarray(directions_deg, float)))
    towards = np.stack([np.sin(angles), np.cos(angles), np.zeros_like(angles)], axis=1)
    late: Floats = -(towards @ places.T) / SPEED_OF_SOUND_M_S
    return late


def candidates_deg(places: Floats) -> Floats:
    """The directions that these microphones can tell apart, GRID_DEG apart, rising.

    Microphones on a line hear a source and its mirror image behind the line alike: the half is returned that holds the
    front, or the right where the line points to the front. One microphone, or all at one place: none.
    """
    flat = places[:, :2]
    _, sizes, axes = np.linalg.svd(flat, full_matrices=False)
    if len(flat) < 2 or sizes[0] < 1e-4:
        return np.zeros(0)
    if len(sizes) > 1 and sizes[1] > 0.05 * sizes[0]:
        return np.arange(-180.0, 180.0, GRID_DEG)
    line_deg = float(np.degrees(np.arctan2(axes[0, 0], axes[0, 1]))) % 180.0
    half = np.arange(0.0, 180.0 + GRID_DEG, GRID_DEG) + line_deg
    return half - 180.0 if line_deg > 1e-6 else half


def wrapped_deg(angle_deg: float) -> float:
    """The same direction from -180 (included) to 180."""
    return (angle_deg + 180.0) % 360.0 - 180.0
