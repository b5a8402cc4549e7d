"""The device's own sentences."""

import re
import tomllib
from pathlib import Path

from oyez.sentences import NAMES

SPOKEN = Path(__file__).parents[3] / "image/spoken.toml"


def test_each_sentence_that_can_be_asked_for_is_made_with_the_image() -> None:
    assert set(tomllib.loads(SPOKEN.read_text())) == NAMES


def test_the_guide_quotes_them() -> None:
    guide = (SPOKEN.parents[1] / "docs/first-boot.md").read_text()
    quoted = re.findall(r"^\| ([A-Z][^|]*?) \.\.\. \|", guide, re.MULTILINE)
    sentences = tomllib.loads(SPOKEN.read_text()).values()
    assert len(quoted) == 7
    for words in quoted:
        assert any(sentence.startswith(words) for sentence in sentences), words
