"""Writes the table of ends and errors into docs/realtime.md: `python docs/make_realtime_tables.py`."""

from pathlib import Path

from oyez_realtime.closing import CLOSE_CODES, ERROR_CODES, Verdict

PAGE = Path(__file__).with_name("realtime.md")
BEGIN, END = "<!-- begin: docs/make_realtime_tables.py -->", "<!-- end -->"


def table() -> str:
    """Close codes, then error codes, as closing.py judges them."""
    rows: list[tuple[object, Verdict]] = [*CLOSE_CODES.items(), *ERROR_CODES.items()]
    lines = [f"| `{code}` | {verdict.remedy} | {verdict.sentence} |" for code, verdict in rows]
    return "\n".join(["| close or error code | remedy | what it means |", "|---|---|---|", *lines])


def filled(page: str) -> str:
    """The page with the table of today."""
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
