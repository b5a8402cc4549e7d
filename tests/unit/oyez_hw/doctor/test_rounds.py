"""The checks are made one after the other, and none of them spoils another."""

from typing import Any

import pytest

from oyez_hw.doctor.finding import CannotLook, Result
from oyez_hw.doctor.rounds import Check, make


async def made(raised: Exception) -> list[Result]:
    async def fails() -> Any:
        raise raised

    async def works() -> dict[str, int]:
        return {"figure": 1}

    checks = [Check("a", "A", fails, lambda facts: []), Check("b", "B", works, lambda facts: [])]
    return await make(checks, lambda title: None, lambda result: None)


@pytest.mark.parametrize("raised", [PermissionError(13, "Permission denied", "/x"), KeyError("x"), ValueError("x")])
async def test_a_check_that_fails_itself_is_told_and_the_others_are_made(raised: Exception) -> None:
    failed, well = await made(raised)
    assert f"the check itself failed ({type(raised).__name__}" in failed.skipped
    assert well.figures == {"figure": 1}


async def test_what_cannot_be_looked_at_says_why() -> None:
    failed, _ = await made(CannotLook("there is none"))
    assert failed.skipped == "there is none"
