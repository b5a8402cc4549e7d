"""What worked before an update, and so must work after it. Pure.

What did not work before is not asked of the new version: an internet that is away condemns nobody.
"""

from collections.abc import Iterable

from oyez_system.proof import Proof

FRESH_S = 10.0
"""A proof that is older is the daemon's no more: it writes one every 2 s."""
STARTED_S, LEAST_S = 180.0, 30.0
"""So long after its start a device may not have proved all that works; and so long a daemon may be starting anew."""
WORDS = {
    "conductor": "the daemon answers",
    "microphone": "it hears sound",
    "scoring": "it searches the sound for the wake word",
    "loudspeaker": "the loudspeaker plays",
    "wake_word": "it knows a recorded wake word",
    "broker": "it reaches the MQTT broker",
    "token": "it is given a token for the voice service",
}
"""What a version may prove, as a person reads it."""
AT_LEAST = ("conductor", "microphone", "scoring", "loudspeaker")
"""Asked of a version of whose predecessor nothing is known."""
WORLDLY = frozenset({"broker", "token"})
"""What others may have broken meanwhile."""


def fresh(proof: Proof | None, since_boot_s: float) -> Proof | None:
    """The proof, unless it is an old one. since_boot_s: now, CLOCK_BOOTTIME."""
    return proof if proof is not None and 0.0 <= since_boot_s - proof.since_boot_s <= FRESH_S else None


def patience_s(since_boot_s: float) -> float:
    """How long what works may be waited for, before what is proved until then is all that a new version must prove."""
    return max(LEAST_S, STARTED_S - since_boot_s)


def worked(proof: Proof | None, wake_word: bool | None) -> tuple[str, ...]:
    """Names of WORDS. wake_word: what the self-test said; None: it has nothing to test, or was not asked."""
    proved = {} if proof is None else {name: getattr(proof, name, None) for name in WORDS}
    return tuple(name for name in WORDS if (wake_word if name == "wake_word" else proved.get(name)) is True)


def complete(proof: Proof | None) -> bool:
    """All that is configured works: there is nothing to wait for."""
    if proof is None:
        return False
    return all(getattr(proof, name, None) is not False for name in WORDS)


def lacking(demanded: Iterable[str], has: Iterable[str]) -> tuple[str, ...]:
    known = set(has)
    return tuple(name for name in demanded if name not in known)


def sentence(names: Iterable[str]) -> str:
    """`that it hears sound, and that it reaches the MQTT broker`."""
    return ", and ".join(f"that {WORDS.get(name, name)}" for name in names)
