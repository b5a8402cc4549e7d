"""The sentences that a device says when it cannot reach anybody."""

import re
from pathlib import Path

from oyez_image.spoken import sentences

REPOSITORY = Path(__file__).parents[3]


def test_every_sentence_that_the_contract_names_is_there() -> None:
    words_aloud = (REPOSITORY / "docs/device.md").read_text().partition("## Words aloud")[2]
    named = set(re.findall(r"`([a-z_]+)`", words_aloud))
    assert named
    assert named == set(sentences((REPOSITORY / "image/spoken.toml").read_text()))
