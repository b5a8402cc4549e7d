"""What the doctor says. Pure."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

Severity = Literal["trouble", "caution", "advice"]
"""trouble: something does not work, or will soon not; caution: it works worse than it could; advice: worth knowing."""
SEVERITIES: tuple[Severity, ...] = ("trouble", "caution", "advice")


class Finding(msgspec.Struct, frozen=True):
    name: str
    """For programs: stays the same between versions."""
    severity: Severity
    what: str
    """A sentence: what was found, with its figures."""
    meaning: str
    """What it means for whoever uses the device."""
    remedy: str
    """What to do."""


class CannotLook(Exception):
    """A check cannot be made here; the message says why. That is no finding."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Of one check."""

    name: str
    title: str
    findings: tuple[Finding, ...] = ()
    figures: dict[str, Any] = {}
    """What was looked at, as plain JSON."""
    skipped: str = ""
    """Why it could not be made; empty: it was."""
    took_s: float = 0.0


def from_sentence(name: str, severity: Severity, sentence: str, meaning: str) -> Finding:
    """Of an error's sentence, which by the custom of this house says what happened, a colon, and what to do."""
    what, remedy = parted(sentence)
    return Finding(name, severity, upper_first(what) + ".", meaning, remedy)


def parted(sentence: str) -> tuple[str, str]:
    """At its first colon outside brackets; without one there is no remedy in it."""
    depth = 0
    for at, character in enumerate(sentence):
        depth += (character == "(") - (character == ")")
        if character == ":" and depth <= 0 and sentence[at + 1 : at + 2] == " ":
            remedy = sentence[at + 2 :].strip()
            return sentence[:at].rstrip("."), upper_first(remedy if remedy.endswith(".") else remedy + ".")
    return sentence.rstrip("."), "See the log, `journalctl -u oyez`."


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def gravest(findings: Sequence[Finding]) -> list[Finding]:
    """The gravest first, else in the order in which they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
