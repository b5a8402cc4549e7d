"""Broker, backend and line judged. Pure."""

from collections.abc import Iterator

from oyez.doctor.facts import BackendFacts, BrokerFacts, LineFacts
from oyez_hw.doctor.finding import Finding, from_sentence


def judge_broker(facts: BrokerFacts) -> Iterator[Finding]:
    if facts.away:
        meaning = "Home automation neither sees nor commands the device."
        yield from_sentence("broker_away", "trouble", facts.away, meaning)


BACKEND = {
    "no_key": "Without a key the backend gives no token, and without a token there is no conversation.",
    "refused": "Without a token there is no conversation.",
    "away": "Without a token there is no conversation; with line.local_url the local server answers meanwhile.",
}
BACKEND_REMEDY = {
    "no_key": "Make one with `oyez-backend device add NAME` and name its file in line.device_key_file.",
    "refused": "Ask its keeper, or make a new key with `oyez-backend device add NAME`.",
    "away": "See its log, `journalctl -u oyez-backend`, and whether line.backend_url is right.",
}


def judge_backend(facts: BackendFacts) -> Iterator[Finding]:
    if facts.trouble:
        sentence = facts.trouble
        if facts.kind == "refused":
            sentence = f"The backend refuses this device ({sentence.rstrip('.')})"
        finding = from_sentence(f"backend_{facts.kind}", "trouble", sentence, BACKEND[facts.kind])
        yield _with_remedy(finding, sentence, BACKEND_REMEDY[facts.kind])


LINE_REMEDY = {
    "model": "Set line.model to one that the service offers, and see what the backend allows.",
    "refused": "Ask the backend's keeper to look at the account with the service.",
    "away": "See whether the network is up and line.realtime_url is right.",
}


def judge_line(facts: LineFacts) -> Iterator[Finding]:
    if facts.trouble:
        name, meaning = f"line_{facts.kind}", "There is no conversation."
        yield Finding(name, "trouble", facts.trouble, meaning, LINE_REMEDY[facts.kind])


def judge_local(facts: LineFacts) -> Iterator[Finding]:
    if facts.trouble:
        meaning = "When the service is away nobody answers in its place."
        yield from_sentence("local_server", "caution", facts.trouble, meaning)


def _with_remedy(finding: Finding, sentence: str, remedy: str) -> Finding:
    """Where the sentence says none itself."""
    if ": " in sentence:
        return finding
    return Finding(finding.name, finding.severity, finding.what, finding.meaning, remedy)
