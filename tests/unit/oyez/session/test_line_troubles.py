"""Every way in which a session is refused, lost or disturbed, on real sockets, and what the house is told of it."""

import asyncio
import logging
from typing import Any

import pytest

from oyez import events as ev
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.processes import free_port
from tests.doubles.scripted_realtime import SESSION_CREATED, Close, Emit, Expect, Garbage, Silence, Step, Vanish


def error(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"type": "error", "event_id": "e", "error": {"type": "x", "code": code, "message": message, **more}}


REFUSED_UPDATE: list[Step] = [
    Emit(SESSION_CREATED),
    Expect("session.update"),
    Emit(
        error("invalid_value", ""),
        lambda last: {**error("invalid_value", "No voice of that name.", event_id=last["event_id"])},
    ),
    Silence(),
]


@pytest.mark.parametrize(
    ("script", "reason", "words"),
    [
        pytest.param([Close(4000)], "line_refused", "model", id="refused at the door"),
        pytest.param(
            [Emit(error("invalid_model", "No such model.")), Close(4000)], "line_refused", "No such", id="with words"
        ),
        pytest.param(REFUSED_UPDATE, "line_refused", "No voice of that name.", id="settings refused"),
        pytest.param([Silence()], "line_away", "in time", id="never says session.created"),
        pytest.param([Emit(SESSION_CREATED), Silence()], "line_away", "in time", id="never answers the settings"),
        pytest.param([*READY, Close(1000)], "line_lost", "wake word", id="service says goodbye"),
        pytest.param([*READY, Close(4000)], "line_refused", "model", id="refused later"),
    ],
)
async def test_an_end_is_told_once_with_its_reason_and_in_words(script: list[Step], reason: str, words: str) -> None:
    async with line_stage(script, connect_timeout_s=0.5) as stage:
        stage.line.open()
        told = await stage.told(ev.SessionLost, timeout_s=5.0)
        assert told.reason == reason
        assert words in told.sentence, told.sentence
        assert [event for event in stage.events if event != ev.SessionReady()] == [told]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        pytest.param(Vanish(), "broke", id="dropped"),
        pytest.param(Close(1011), "broke", id="service fails"),
        pytest.param(Close(3000), "broke", id="token refused later"),
    ],
)
async def test_a_loss_that_cannot_be_mended_in_time_is_told_once_and_says_so(end: Step, words: str) -> None:
    """The next session never says a word."""
    async with line_stage([*READY, end], [Silence()], reconnect_s=0.4) as stage:
        stage.line.open()
        told = await stage.told(ev.SessionLost, timeout_s=5.0)
        assert told.reason in ("line_away", "line_lost")
        assert words in told.sentence, told.sentence
        assert "wake word" in told.sentence
        assert stage.events == [ev.SessionReady(), told]


async def test_a_door_that_is_slammed_is_tried_again_before_it_is_told() -> None:
    """Twice gone at the door, then open: the house hears of the good one alone."""
    async with line_stage([Vanish()], [Vanish()], [*READY, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        assert stage.events == [ev.SessionReady()]


async def test_a_door_that_is_always_slammed_is_told_as_a_line_that_is_away() -> None:
    async with line_stage([Vanish()], [Vanish()], [Vanish()]) as stage:
        stage.line.open()
        told = await stage.told(ev.SessionLost)
        assert told.reason == "line_away"
        assert "connect" in told.sentence


async def test_a_token_that_the_service_does_not_take_is_forgotten_and_asked_anew_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The second try opens the session; neither token stands in the log."""
    caplog.set_level(logging.DEBUG)
    async with line_stage([Close(3000)], [*READY, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        first, second = stage.tokens()
        assert first != second
        assert stage.events == [ev.SessionReady()]
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")]
        assert not any("ek_device" in line for line in ours)


async def test_two_refused_tokens_are_a_refused_line_and_the_next_attempt_has_a_third() -> None:
    async with line_stage([Close(3000)], [Close(3000)], [*READY, Silence()]) as stage:
        stage.line.open()
        lost = await stage.told(ev.SessionLost)
        assert lost.reason == "line_refused"
        stage.line.open()
        await stage.told(ev.SessionReady)
        assert len(set(stage.tokens())) == 3


async def test_a_service_that_is_not_there_is_away() -> None:
    async with line_stage(realtime_url=f"ws://127.0.0.1:{free_port()}/v1/realtime") as stage:
        stage.line.open()
        assert (await stage.told(ev.SessionLost)).reason == "line_away"


@pytest.mark.parametrize(("status", "reason"), [(401, "token_refused"), (503, "backend_away")])
async def test_a_token_that_is_not_given_is_told_with_who_must_act(status: int, reason: str) -> None:
    async with line_stage() as stage:
        stage.endpoint.status = status
        stage.line.open()
        lost = await stage.told(ev.SessionLost)
        assert lost.reason == reason
        assert stage.server.headers == []


PART = {"response_id": "nobody's", "item_id": "i", "output_index": 0, "content_index": 0}
STRAY: dict[str, list[Step]] = {
    "is not JSON": [Garbage('{"type":'), Garbage(b"\xff\xfe"), Garbage("[]}")],
    "brand.new": [Emit({"type": "brand.new", "event_id": "e", "surprise": [1]})] * 2,
    "response.created for": [
        Emit({"type": "response.created", "event_id": "e", "response": {"id": "r"}}),
        Emit({"type": "response.created", "event_id": "e", "response": {"id": "r"}}),
        Emit({"type": "response.created", "event_id": "e", "response": {"id": "r"}}),
    ],
    "response.done for": [
        Emit({"type": "response.done", "event_id": "e", "response": {"id": "r", "status": "completed"}}),
        Emit({"type": "response.done", "event_id": "e", "response": {"id": "r", "status": "completed"}}),
        Emit({"type": "response.done", "event_id": "e", "response": {"id": "other", "status": "failed"}}),
    ],
    "response.output_audio.delta for": [
        Emit({"type": "response.output_audio.delta", "event_id": "e", "delta": "AAAA", **PART})
    ]
    * 2,
    "response.function_call_arguments.done for": [
        Emit({"type": "response.function_call_arguments.done", "event_id": "e", "call_id": "c", "name": "open_door",
              "arguments": "{}", **PART})
    ] * 2,
    "speech_stopped for": [
        Emit({"type": "input_audio_buffer.speech_stopped", "event_id": "e", "audio_end_ms": 1, "item_id": "i"})
    ]
    * 2,
    "cannot be read": [Emit({"type": "response.done", "event_id": "e", "response": 7})] * 2,
}  # fmt: skip
"""Each kind of nonsense more than once, by a part of the one line that the log is to have of it."""
PROOF = {
    "type": "conversation.item.input_audio_transcription.completed",
    "event_id": "e",
    "item_id": "i",
    "content_index": 0,
    "transcript": " Still here. ",
}


async def test_nonsense_on_the_wire_is_logged_once_a_kind_and_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Malformed, unknown and out of order; the session goes on both ways after it."""
    nonsense = [step for steps in STRAY.values() for step in steps]
    async with line_stage([*READY, *nonsense, Emit(PROOF), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.TextHeard)
        assert stage.events == [
            ev.SessionReady(),
            ev.ReplyBegun("r"),
            ev.ReplyEnded("r", "completed"),
            ev.TextHeard("i", "Still here."),
        ]
        assert stage.sounds == []
        warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        for kind in STRAY:
            assert sum(kind in line for line in warnings) == 1, (kind, warnings)
        stage.line.send_audio(b"\1\2")
        await stage.received(2)
        assert stage.audio() == b"\1\2"


async def test_an_objection_of_the_service_is_logged_and_the_session_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async with line_stage([*READY, Emit(error("server_error", "Try later.")), Emit(PROOF), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.TextHeard)
        assert not any(isinstance(event, ev.SessionLost) for event in stage.events)
        assert sum("Try later." in record.getMessage() for record in caplog.records) == 1


async def test_what_the_service_does_with_remote_tools_is_told_and_so_is_a_server_that_it_cannot_reach(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once for each use, although the service tells of the item in several events."""
    call = {"type": "mcp_call", "id": "m", "server_label": "home", "name": "HassTurnOn", "arguments": "{}"}
    where = {"event_id": "e", "response_id": "r", "output_index": 0}
    script = [
        *READY,
        Emit({"type": "mcp_list_tools.failed", "event_id": "e", "item_id": "l"}),
        Emit({"type": "response.created", "event_id": "e", "response": {"id": "r"}}),
        Emit({"type": "response.output_item.added", "item": call, **where}),
        Emit({"type": "response.output_item.done", "item": {**call, "output": "on"}, **where}),
        Emit({"type": "conversation.item.done", "event_id": "e", "item": {**call, "output": "on"}}),
        Emit(PROOF),
        Silence(),
    ]
    async with line_stage(script) as stage:
        stage.line.open()
        await stage.told(ev.TextHeard)
        assert [(used.server_label, used.name, used.output) for used in stage.remote] == [("home", "HassTurnOn", "on")]
        assert sum("[[mcp]]" in record.getMessage() for record in caplog.records) == 1


async def test_a_goodbye_in_mid_request_is_mended_since_the_request_wants_its_answer() -> None:
    """1000 when nothing is owed ends the conversation; before an answer it does not."""
    begun = {"type": "response.created", "event_id": "e", "response": {"id": "r"}}
    script: list[Step] = [*READY, Expect("response.create"), Emit(begun), Close(1000)]
    async with line_stage(script, [*READY, Expect("response.create"), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.line.ask_reply()
        await stage.received(4)
        assert not any(isinstance(event, ev.SessionLost | ev.ReplyEnded) for event in stage.events)


async def test_a_close_that_crosses_a_loss_tells_at_most_the_loss() -> None:
    """However the two fall, the line stays up and can be opened again."""
    async with line_stage([*READY, Vanish()], [*READY, Silence()], reconnect_s=0.001) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        await asyncio.sleep(0)
        stage.line.close()
        stage.line.open()
        await stage.told(ev.SessionReady, nth=2)
        assert [type(event) for event in stage.events if type(event) is not ev.SessionReady] in ([], [ev.SessionLost])


async def test_a_refusal_that_quotes_a_secret_is_told_without_it() -> None:
    """What is told to the house goes to MQTT and stays there."""
    quoted = error("invalid_value", 'Bad tool: {"authorization": "SECRETSECRET1"}')
    script = [
        Emit(SESSION_CREATED),
        Expect("session.update"),
        Emit(quoted, lambda last: {**quoted, "error": {**quoted["error"], "event_id": last["event_id"]}}),
        Silence(),
    ]
    async with line_stage(script) as stage:
        stage.line.open()
        lost = await stage.told(ev.SessionLost)
        assert "Bad tool" in lost.sentence
        assert "SECRETSECRET1" not in lost.sentence
