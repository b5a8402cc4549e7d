"""Pure: a report as one HTML file that opens offline, for people and for issues. No script, nothing from elsewhere."""

from collections.abc import Sequence
from html import escape
from typing import Any

from oyez_hw.doctor.finding import Finding, Result
from oyez_hw.doctor.plots import Plot
from oyez_hw.doctor.report import Report

NOTHING: tuple[Any, ...] = (None, "", [], {})
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Of the page itself: a browser that opens it asks nobody for anything."""
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:16px/1.45 system-ui,sans-serif;max-width:64rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}
.about{color:#777;margin:.3rem 0 1rem}
.verdict{font-size:1.1rem;font-weight:600}
article{border:1px solid var(--line);border-left:.5rem solid #777;border-radius:.4rem;margin:.7rem 0;
padding:.6rem .9rem}
article.trouble{border-left-color:#d55e00}article.caution{border-left-color:#e69f00}
article.advice{border-left-color:#0072b2}
article p{margin:.2rem 0}.kind{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em}.what{font-weight:600}
figure{margin:1rem 0}figcaption{color:#777;font-size:.85rem}
svg{width:100%;height:auto}svg text{font-size:14px;fill:currentColor}
svg .grid{stroke:currentColor;stroke-opacity:.18}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--soft)}
code{font-size:.85em;overflow-wrap:anywhere}td.time{white-space:nowrap;text-align:right}
th{white-space:nowrap}table{font-size:.9rem}h3{font-size:1rem;margin:.2rem 0}
.plots{display:grid;gap:0 1.5rem;grid-template-columns:repeat(auto-fit,minmax(24rem,1fr))}
"""


def page(report: Report, plots: Sequence[Plot]) -> str:
    """The report must have been hidden before; the plots carry no words of a household."""
    about = " · ".join(escape(f"{key} {value}") for key, value in report.about.items() if value)
    parts = [
        f'<p class="about">{escape(report.made)}<br>{about}</p>',
        f'<p class="verdict">{escape(verdict(report))}</p>',
        *(_finding(finding) for finding in report.findings),
        f"<h2>What was looked at</h2><table>{''.join(_row(result) for result in report.results)}</table>",
        f'<h2>Plots</h2><div class="plots">{"".join(figure(plot) for plot in plots)}</div>' if plots else "",
        f"<h2>Figures</h2><table>{''.join(_figures(result) for result in report.results if result.figures)}</table>",
        '<p class="about">Names, addresses, keys and passwords were taken out before this was written.</p>',
    ]
    return document("Oyez doctor", parts)


def document(title: str, parts: Sequence[str]) -> str:
    """A whole page under this heading. parts: HTML, escaped where it must be; empty ones are left out."""
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1>"
    )
    return "\n".join(part for part in [head, *parts, "</body></html>"] if part) + "\n"


def verdict(report: Report) -> str:
    """One sentence."""
    findings, looked = report.findings, [result for result in report.results if not result.skipped]
    if not findings and len(looked) < len(report.results):
        return (
            f"Nothing was found to be wrong in {len(looked)} of {len(report.results)} checks; the others say why not."
        )
    if not findings:
        return "Nothing was found to be wrong."
    troubles = sum(finding.severity == "trouble" for finding in findings)
    others = len(findings) - troubles
    found = [_counted(troubles, "trouble")] if troubles else []
    found += [_counted(others, "remark")] if others else []
    return f"Found: {' and '.join(found)}."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _finding(finding: Finding) -> str:
    return (
        f'<article class="{finding.severity}"><p class="kind">{finding.severity}</p>'
        f'<p class="what">{_text(finding.what)}</p><p>{_text(finding.meaning)}</p>'
        f"<p><b>What to do:</b> {_text(finding.remedy)}</p></article>"
    )


def _row(result: Result) -> str:
    said = "well"
    if result.skipped:
        said = f"not looked at: {result.skipped}"
    elif result.findings:
        said = ", ".join(f"{finding.severity}: {finding.name.replace('_', ' ')}" for finding in result.findings)
    time = f'<td class="time">{result.took_s:.1f} s</td>'
    return f"<tr><th>{escape(result.title)}</th><td>{_text(said)}</td>{time}</tr>"


def _text(sentence: str) -> str:
    """What stands between backticks is to be typed."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return escape(sentence)
    return "".join(f"<code>{escape(part)}</code>" if at % 2 else escape(part) for at, part in enumerate(parts))


def _figures(result: Result) -> str:
    rows = "<br>".join(
        escape(f"{key}: {_shown(value)}") for key, value in result.figures.items() if value not in NOTHING
    )
    return f"<tr><th>{escape(result.title)}</th><td><code>{rows}</code></td></tr>" if rows else ""


def _shown(value: Any) -> str:
    match value:
        case {**inner}:
            return ", ".join(f"{key} {_shown(one)}" for key, one in inner.items() if one is not None)
        case list() | tuple():
            return "; ".join(_shown(one) for one in value)
        case _:
            return str(value)


def figure(plot: Plot) -> str:
    return f"<figure><h3>{escape(plot.title)}</h3>{plot.svg}<figcaption>{escape(plot.caption)}</figcaption></figure>"
