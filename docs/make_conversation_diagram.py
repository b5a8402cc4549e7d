"""Draws docs/conversation.md from the conversation machine's table: `python docs/make_conversation_diagram.py`.

tests/unit/oyez/test_conversation_diagram.py compares the file with what this prints, so that the picture cannot lie.
"""

from collections import defaultdict
from pathlib import Path

from oyez.conversation import TABLE
from oyez.resting import LEADS_TO
from oyez.state import LINE_OPEN, TAP_OPEN, Phase

TARGET = Path(__file__).parent / "conversation.md"


def arrows() -> list[str]:
    labels: dict[tuple[Phase, Phase], list[str]] = defaultdict(list)
    for (phase, event), row in TABLE.items():
        for target in row.leads_to:
            if target is not phase:
                labels[phase, target].append(event.__name__)
    order = list(Phase)
    return [
        f"    {a.value} --> {b.value}: {', '.join(sorted(set(labels[a, b])))}"
        for a in order
        for b in order
        if (a, b) in labels
    ]


def page() -> str:
    phases = [
        f"| {p.value} | {'open' if p in LINE_OPEN else '-'} | {'open' if p in TAP_OPEN else 'closed'} |" for p in Phase
    ]
    return "\n".join(
        [
            "# The conversation machine",
            "",
            "Made from the table in `daemon/oyez/conversation.py` by `docs/make_conversation_diagram.py`; do not edit.",
            "An arrow is a way that an event may take; what decides among several stands in the row's handler.",
            "Who comes to rest while something waits to be heard does not stay asleep but goes on at once, without an",
            f"event of its own, to one of: {', '.join(phase.value for phase in Phase if phase in LEADS_TO)} "
            "(`resting.py`).",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> asleep",
            *arrows(),
            "```",
            "",
            "| phase | line | tap (sound to the line) |",
            "|---|---|---|",
            *phases,
            "",
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
