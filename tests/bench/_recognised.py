"""What a recogniser makes of a request that begins too early or too late."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez_local.recogniser import Recogniser

Outcome = Literal["as_from_border", "rest_before", "first_word_lost", "otherwise"]
REST_WORDS = 3
"""More words than these are no rest of a wake phrase."""


def outcome(recogniser: Recogniser, sent: Mono, spoken: Mono) -> Outcome | None:
    """sent: as it begins where the ears let it; spoken: as it begins at the border. None: what was spoken is not two
    words to this recogniser, so there is nothing to compare with."""
    true, got = _words(recogniser, spoken)[:2], _words(recogniser, sent)
    if len(true) < 2:
        return None
    if got[:2] == true:
        return "as_from_border"
    if any(got[rest : rest + 2] == true for rest in range(1, REST_WORDS + 1)):
        return "rest_before"
    if true[1] in got[:REST_WORDS] and true[0] not in got:
        return "first_word_lost"
    return "otherwise"


def shares(outcomes: Iterable[Outcome | None]) -> dict[str, float | int]:
    """Of those that could be compared."""
    counted = Counter(one for one in outcomes if one is not None)
    n = counted.total()
    return {"n": n, **{kind: round(count / n, 3) for kind, count in sorted(counted.items())}}


def _words(recogniser: Recogniser, sound: Mono) -> list[str]:
    return re.sub(r"[^a-z' ]", "", recogniser.transcribe(sound, RATE_HZ).lower()).split()
