"""A short chaos for `make test-long`; `make chaos` is the hour."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.chaos.jumping_loop import JumpingLoop
from tests.chaos.run import chaos

SEED, SIMULATED_S = 4, 180.0


@pytest.mark.long
def test_three_minutes_of_conversation_with_a_fault_every_few_seconds_break_nothing(tmp_path: Path) -> None:
    """Requests are answered or their failure sounded, no sound leaves unasked, no tool runs twice, books are exact."""
    logging.getLogger("oyez_local").setLevel(logging.CRITICAL)  # its faults are ours, and it tells of each
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        report = runner.run(chaos(SEED, SIMULATED_S, tmp_path))
    assert report.violations == [], "\n\n".join(report.stories)
    assert report.counts["faults"] > 15
    assert report.counts["requests"] > 10
    assert report.counts["outcome answered"] > 5
    assert int(report.books["compared"]) > 10
    assert report.books["counted by the device"] > "0"
