"""Pure: what counts as heard, what was nearly heard, and when the next word is believed."""

from typing import Literal

Verdict = Literal["heard", "near_miss"] | None
FALLEN = 0.5
"""A word has passed when its score is under this share of its near bound: it does not flicker."""


class EpisodeJudge:
    """One word. A rise of its score is an episode: heard once, or a near miss when it is over."""

    def __init__(self, near: float) -> None:
        """near: lower bound of a near miss."""
        self._near = near
        self._heard = False
        self.open = False
        """A rise is going on."""
        self.best = 0.0
        """Highest score of the episode, or of the one that just ended."""
        self.best_s = 0.0
        """When that was."""

    def judge(self, score: float, time_s: float, threshold: float, *, believed: bool) -> Verdict:
        """time_s: monotonic, never falling. believed: False within the refractory time: nothing is heard nor near."""
        if not self.open:
            if score < min(self._near, threshold):
                return None
            self.open, self._heard, self.best = True, not believed, 0.0
        if score > self.best:
            self.best, self.best_s = score, time_s
        if score >= threshold and not self._heard:
            self._heard = True
            return "heard" if believed else None
        if score < self._near * FALLEN:
            self.open = False
            return None if self._heard else "near_miss"
        return None

    def reset(self) -> None:
        self._heard = self.open = False


class Refractory:
    """Over all words of a kind: after one was heard, none is believed for a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until_s = float("-inf")

    def believes(self, time_s: float) -> bool:
        return time_s >= self._until_s

    def heard(self, time_s: float) -> None:
        self._until_s = time_s + self._seconds

    def reset(self) -> None:
        self._until_s = float("-inf")
