"""Pure: at which score a word counts as heard, by sensitivity; measured by tests/bench/wake.py, see docs/wake.md."""

from oyez.config_hearing import Hearing, Sensitivity

VERIFIED: dict[str, dict[Sensitivity, float]] = {
    "alexa": {"low": 0.95, "medium": 0.9, "high": 0.75},
    "hey_jarvis": {"low": 0.95, "medium": 0.75, "high": 0.6},
    "hey_mycroft": {"low": 0.925, "medium": 0.8, "high": 0.6},
    "okay_nabu": {"low": 0.9, "medium": 0.75, "high": 0.6},
}
"""Of the shipped words, whose score is the mean of two judges' odds: chosen coarsely from the sweep in docs/wake.md.
Only alexa has enough human clips to choose by; the others are set by their false accepts."""
ALONE: dict[Sensitivity, float] = {"low": 0.97, "medium": 0.0, "high": -0.2}
"""Of a model of one's own: medium is what its maker recommends, high so much under it, low at least so much."""
PLAYING_ODDS = 2.0
"""While the loudspeaker plays, the odds must be so many times higher: what is left of the device's own voice is speech
too. Chosen, not measured on recordings: 0.9 becomes 0.947."""
NEAR_SHARE = 0.5
"""A near miss reaches this share of the threshold."""
HIGHEST = 0.995


def threshold_of(hearing: Hearing, word: str, sensitivity: Sensitivity, cutoff: float | None) -> float:
    """cutoff: what a model without a second judge recommends; None: a shipped word, which has one."""
    own = next((entry for entry in hearing.words if entry.name == word), None)
    if own is not None and own.threshold is not None:
        return own.threshold
    if hearing.wake_threshold is not None:
        return hearing.wake_threshold
    chosen = own.sensitivity if own is not None and own.sensitivity is not None else sensitivity
    if cutoff is None:
        return VERIFIED[word][chosen]
    return {"low": min(HIGHEST, max(cutoff, ALONE["low"])), "medium": cutoff, "high": max(0.1, cutoff + ALONE["high"])}[
        chosen
    ]


def while_playing(threshold: float) -> float:
    """The threshold over a reply."""
    odds = PLAYING_ODDS * threshold / (1.0 - threshold)
    return min(max(HIGHEST, threshold), odds / (1.0 + odds))
