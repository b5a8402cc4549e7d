"""The scripted server must be able to fail a test."""

import pytest

from oyez_realtime.client import RealtimeClient
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, Expect, Silence, scripted_realtime


async def _run(*steps: Emit | Expect | Silence) -> None:
    async with scripted_realtime([Emit(SESSION_CREATED), *steps]) as server, RealtimeClient() as client:
        await client.connect(server.url)
        await client.commit_audio()
        await server.wait_received(1)


async def test_a_script_that_is_followed_passes() -> None:
    """What was expected came."""
    await _run(Expect("input_audio_buffer.commit"))


@pytest.mark.parametrize(
    "steps",
    [
        [Expect("input_audio_buffer.clear")],
        [Expect("input_audio_buffer.commit", lambda event: False)],
        [Expect("input_audio_buffer.commit"), Expect("response.create")],
    ],
)
async def test_another_event_a_wrong_one_and_a_missing_one_fail(steps: list[Expect]) -> None:
    """Mistakes and leftovers are told when the server closes."""
    with pytest.raises(AssertionError):
        await _run(*steps)


async def test_a_script_that_nobody_connected_to_fails() -> None:
    """Steps that were never played are leftovers."""
    with pytest.raises(AssertionError, match="not played"):
        async with scripted_realtime([Expect("response.create")]):
            pass
