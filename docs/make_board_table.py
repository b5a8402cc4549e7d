"""Writes the table and the sections of boards into docs/boards.md: `python docs/make_board_table.py`."""

from pathlib import Path

from oyez_hw.board_pages import section, table
from oyez_hw.catalogue import known

PAGE = Path(__file__).with_name("boards.md")
PARTS = {"table": lambda: table(known().values()), "boards": lambda: "\n\n".join(map(section, known().values()))}


def filled(page: str) -> str:
    """The page with the catalogue of today."""
    for name, make in PARTS.items():
        begin, end = f"<!-- begin: {name}, docs/make_board_table.py -->", f"<!-- end: {name} -->"
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n{make()}\n{end}{rest.partition(end)[2]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
