"""How long to wait before the next attempt: exponential, with jitter, so that a house full of devices does not
come back to a mended service in the same second. Pure; randomness is an argument.
"""

from collections.abc import Iterator
from random import Random


def delays(rng: Random, first_s: float, cap_s: float) -> Iterator[float]:
    """Endless waits in seconds: the n-th lies between half and all of `first_s` * 2**n, never above `cap_s`.

    Make a new one after a success. Raises ValueError unless 0 < first_s <= cap_s.
    """
    if not 0 < first_s <= cap_s:
        raise ValueError(f"first_s is {first_s} and cap_s is {cap_s}; 0 < first_s <= cap_s is needed")
    return _doubling(rng, first_s, cap_s)


def _doubling(rng: Random, ceiling_s: float, cap_s: float) -> Iterator[float]:
    while True:
        yield rng.uniform(ceiling_s / 2, ceiling_s)
        ceiling_s = min(2 * ceiling_s, cap_s)
