"""Pure: a level meter as on a mixing desk: the level, the peak of the last seconds, and whether it clipped. Time is an
argument."""

import numpy as np

from oyez_hw.levels import FLOOR_DBFS, level_dbfs
from oyez_hw.pcm import Samples

HOLD_S = 1.5
FALL_DB_S = 20.0
CLIP_HOLD_S = 3.0
IN_A_ROW = 2
"""Samples at full scale: one alone may be a loud sample, two are a flattened peak."""
_CELLS = 30
_RANGE_DB = 60.0


class PeakHold:
    def __init__(self, channels: int) -> None:
        self.levels_dbfs = [FLOOR_DBFS] * channels
        """RMS of the last period."""
        self.loudest_dbfs = [FLOOR_DBFS] * channels
        """RMS of the loudest period since the beginning."""
        self.peaks_dbfs = [FLOOR_DBFS] * channels
        """Of single samples: held, then falling."""
        self.clipped_periods = [0] * channels
        self._peak_s = [0.0] * channels
        self._fell_s = 0.0
        self._clipped_s = [float("-inf")] * channels

    def hear(self, samples: Samples, time_s: float) -> None:
        """(frames, channels); `time_s` never goes back."""
        self.levels_dbfs = level_dbfs(samples)
        self.loudest_dbfs = [max(pair) for pair in zip(self.loudest_dbfs, self.levels_dbfs, strict=True)]
        size = np.abs(samples.astype(np.int32)).max(axis=0)
        fall_db = FALL_DB_S * max(0.0, time_s - self._fell_s)
        self._fell_s = time_s
        for channel, peak in enumerate(size):
            now_dbfs = max(FLOOR_DBFS, 20 * float(np.log10(max(int(peak), 1e-9) / 32768)))
            held = time_s - self._peak_s[channel] <= HOLD_S
            left_dbfs = self.peaks_dbfs[channel] - (0.0 if held else fall_db)
            if now_dbfs >= left_dbfs:
                self._peak_s[channel] = time_s
            self.peaks_dbfs[channel] = max(now_dbfs, left_dbfs)
            if clips(samples[:, channel]):
                self._clipped_s[channel] = time_s
                self.clipped_periods[channel] += 1

    def clips_now(self, channel: int) -> bool:
        """It clipped within the last CLIP_HOLD_S."""
        return self._fell_s - self._clipped_s[channel] <= CLIP_HOLD_S

    def lines(self) -> list[str]:
        """One a channel: a bar, the held peak as `|` in it, both figures, CLIP."""
        return [self._line(channel) for channel in range(len(self.levels_dbfs))]

    def _line(self, channel: int) -> str:
        level, peak = self.levels_dbfs[channel], self.peaks_dbfs[channel]
        bar = list(f"{'#' * _cells(level):<{_CELLS}}")
        if peak > -_RANGE_DB:
            bar[max(0, _cells(peak) - 1)] = "|"
        mark = "CLIP" if self.clips_now(channel) else "    "
        return f"{channel:>3} {''.join(bar)} {level:6.1f} dBFS  peak {peak:6.1f} {mark}"


def clips(channel: Samples) -> bool:
    """IN_A_ROW samples in a row at full scale, of one sign. (frames,)"""
    for full in (channel >= 32_767, channel <= -32_768):
        row = full.copy()
        for _ in range(IN_A_ROW - 1):
            row = row[:-1] & full[len(full) - len(row) + 1 :]
        if row.any():
            return True
    return False


def _cells(dbfs: float) -> int:
    return round(_CELLS * min(1.0, max(0.0, 1 + dbfs / _RANGE_DB)))
