import runpy
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_diagram_in_the_docs_is_the_one_that_the_table_draws() -> None:
    drawn = runpy.run_path(str(DOCS / "make_conversation_diagram.py"))["page"]()
    assert (DOCS / "conversation.md").read_text(encoding="utf-8") == drawn, (
        "run python docs/make_conversation_diagram.py"
    )
