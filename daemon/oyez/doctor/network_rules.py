"""Clock, names and latency judged. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from oyez.doctor.facts import ClockFacts, LatencyFacts, Lookup
from oyez_hw.doctor.finding import Finding

WRONG_S = 60.0
"""Certificates and budgets bear more; timers, alarms and `what time is it` do not. Our choice."""
SLOW_LOOKUP_S = 1.0
"""A resolver's first server did not answer: the usual patience before the second is 5 s (resolv.conf(5))."""
JITTER_MS = 150.0
"""Between the middle and the slowest tenth: more than what is played ahead of a reply's sound (80 to 120 ms)."""
FAR_MS = 400.0
"""A connection takes one round trip; beyond it answers feel late whatever else is done. Our choice."""


def judge_clock(facts: ClockFacts) -> Iterator[Finding]:
    remedy = (
        "Let the network set it: `sudo timedatectl set-ntp true`. If it does already (`timedatectl timesync-status`), "
        "no time server answers: the router must let UDP port 123 out."
    )
    if facts.ahead_s is not None and abs(facts.ahead_s) > WRONG_S:
        side = "ahead of" if facts.ahead_s > 0 else "behind"
        yield Finding(
            "clock_wrong",
            "trouble",
            f"The clock is {_span(abs(facts.ahead_s))} {side} the backend's.",
            "Timers and alarms ring at the wrong time, certificates count as invalid, budgets end on a wrong day.",
            remedy,
        )
    elif facts.synchronised is False:
        yield Finding(
            "clock_unsynchronised",
            "caution",
            "The clock is not set by the network.",
            "A Raspberry Pi keeps no time while it is off: timers and alarms may ring at the wrong time.",
            remedy,
        )


def judge_names(lookups: Sequence[Lookup]) -> Iterator[Finding]:
    for lookup in lookups:
        if lookup.failed:
            yield Finding(
                "dns",
                "trouble",
                f"The name {lookup.name} of {lookup.who} cannot be looked up ({lookup.failed}).",
                f"{lookup.who[:1].upper()}{lookup.who[1:]} is not reached.",
                "See whether the name is right and the network is up: `getent hosts NAME`, `resolvectl status`.",
            )
        elif lookup.took_s is not None and lookup.took_s > SLOW_LOOKUP_S:
            yield Finding(
                "slow_dns",
                "caution",
                f"Looking up the name {lookup.name} took {lookup.took_s:.1f} s.",
                "Conversations begin late.",
                "Take another name server: `resolvectl status` names the present one.",
            )


def judge_latency(facts: LatencyFacts) -> Iterator[Finding]:
    if not facts.times_ms:
        return  # who does not answer at all is found by whoever asks for a token or a session
    middle, slow = median(facts.times_ms), sorted(facts.times_ms)[int(0.9 * (len(facts.times_ms) - 1))]
    if facts.failures:
        yield Finding(
            "connections_fail",
            "caution",
            f"Of {len(facts.times_ms) + facts.failures} connections to {facts.who} {facts.failures} failed.",
            "Conversations break off or do not begin.",
            "Move the device nearer to the access point, or use a cable; restart the router.",
        )
    if slow - middle > JITTER_MS:
        yield Finding(
            "jitter",
            "caution",
            f"Connections to {facts.who} take {middle:.0f} ms and one in ten {slow:.0f} ms or more.",
            "Answers stutter.",
            "Move the device nearer to the access point, switch the Wi-Fi's power saving off, or use a cable.",
        )
    elif middle > FAR_MS:
        yield Finding(
            "far",
            "caution",
            f"A connection to {facts.who} takes {middle:.0f} ms.",
            "Every answer comes later by a multiple of it.",
            "See whether the uplink is full or goes through a VPN or a telephone.",
        )


def _span(seconds: float) -> str:
    for size, name in ((86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
