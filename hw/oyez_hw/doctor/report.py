"""The whole of an examination, as one object that may be shown to anybody. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from oyez_hw.doctor.finding import SEVERITIES, Finding, Result, gravest


class Report(msgspec.Struct, frozen=True, kw_only=True):
    made: str
    """Local time, ISO 8601."""
    about: dict[str, str]
    """What it is a report of: versions, the board's model, the kernel."""
    results: tuple[Result, ...]

    @property
    def findings(self) -> list[Finding]:
        return gravest([finding for result in self.results for finding in result.findings])

    @property
    def well(self) -> bool:
        """Nothing is in trouble; there may be cautions and advice."""
        return not any(finding.severity == "trouble" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        findings = self.findings
        counts = {severity: sum(one.severity == severity for one in findings) for severity in SEVERITIES}
        return {
            "ok": self.well,
            "made": self.made,
            "about": self.about,
            "counts": counts,
            "findings": msgspec.to_builtins(findings),
            "skipped": {result.name: result.skipped for result in self.results if result.skipped},
            "figures": {result.name: result.figures for result in self.results if result.figures},
        }


def without(report: Report, hide: Callable[[str], str]) -> Report:
    """With every text of it hidden as `hide` does: names of programs, figures and all."""
    plain = msgspec.to_builtins(report)
    hidden: Report = msgspec.convert(_hidden(plain, hide), Report)
    return hidden


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    match value:
        case str():
            return hide(value)
        case Mapping():
            return {key: one if key == "severity" else _hidden(one, hide) for key, one in value.items()}
        case list() | tuple():
            return [_hidden(one, hide) for one in value]
        case _:
            return value


def in_words(result: Result, to_root: bool = False) -> list[str]:
    """Lines for a terminal. to_root: who reads them needs no `sudo`, and a flashed device has none."""
    if result.skipped:
        return [f"  not looked at: {result.skipped}"]
    lines = []
    for finding in gravest(result.findings):
        lines += [
            f"  {finding.severity.upper()}: {finding.what}",
            f"    {finding.meaning}",
            f"    What to do: {finding.remedy.replace('`sudo ', '`') if to_root else finding.remedy}",
        ]
    return lines or ["  well"]
