"""Runs in the environment of speech-to-speech, not in ours: its protocol engine over a pipeline that only pretends.

Most of a second of any audio counts as a turn in which "switch on the light" was said. The answer is a tone, or a tool
call when the session has tools and none was called yet. `python speech_to_speech_fake.py PORT`.
"""

import queue
import sys
import threading

import numpy as np
import uvicorn
from openai.types.responses.response_function_tool_call import ResponseFunctionToolCall
from speech_to_speech.api.openai_realtime.pipeline_unit import PipelineUnit
from speech_to_speech.api.openai_realtime.service import RealtimeService
from speech_to_speech.api.openai_realtime.websocket_router import create_app
from speech_to_speech.pipeline import events as ev
from speech_to_speech.pipeline.cancel_scope import CancelScope
from speech_to_speech.pipeline.control import is_control_message
from speech_to_speech.pipeline.messages import (
    AUDIO_RESPONSE_DONE,
    AssistantTextPart,
    AssistantToolCallPart,
    AudioOutput,
    GenerateResponseRequest,
)

RATE_HZ = 16_000
TURN_BYTES = RATE_HZ * 2 * 4 // 5
HEARD = "switch on the light"
SAID = "The light is on."
TONE = (np.sin(np.arange(RATE_HZ // 2) * 2 * np.pi * 440 / RATE_HZ) * 8_000).astype("<i2")


def listen(unit: PipelineUnit) -> None:
    """In place of voice activity detection and recognition."""
    heard, turn = 0, 0
    while True:
        item = unit.input_queue.get()
        if is_control_message(item):
            unit.output_queue.put(item)
            heard = 0
            continue
        chunk = item[0] if isinstance(item, tuple) else item
        before, heard = heard, heard + len(bytes(chunk))
        if before < TURN_BYTES // 2 <= heard:
            turn += 1
            unit.text_output_queue.put(ev.SpeechStartedEvent(audio_start_ms=0, turn_id=f"turn_{turn}", turn_revision=0))
        if heard >= TURN_BYTES:
            heard = 0
            marks = {"turn_id": f"turn_{turn}", "turn_revision": 0}
            unit.text_output_queue.put(ev.SpeechStoppedEvent(duration_s=1.0, audio_end_ms=1000, **marks))
            unit.text_output_queue.put(ev.TranscriptionCompletedEvent(transcript=HEARD, **marks))


def answer(unit: PipelineUnit) -> None:
    """In place of a model and a voice."""
    called = False
    while True:
        request = unit.text_prompt_queue.get()
        if not isinstance(request, GenerateResponseRequest):
            continue
        marks = {"turn_id": request.turn_id, "turn_revision": request.turn_revision}
        marks |= {"cancel_generation": unit.cancel_scope.generation, "response_key": request.response_key}
        wants_tool = bool(request.runtime_config.session.tools) and not called
        if wants_tool:
            called = True
            tool = ResponseFunctionToolCall(
                type="function_call", name="set_light", arguments='{"on": true}', call_id="call_1"
            )
            parts = [AssistantToolCallPart(tool=tool)]
        else:
            parts = [AssistantTextPart(text=SAID)]
        unit.output_queue.put(ev.AssistantOutputEvent(parts=parts, output_sequence=0, **marks))
        if not wants_tool:
            for at in range(0, len(TONE), 1600):
                unit.output_queue.put(
                    AudioOutput(
                        audio=TONE[at : at + 1600].tobytes(),
                        cancel_generation=marks["cancel_generation"],
                        response_key=request.response_key,
                    )
                )
        unit.output_queue.put(ev.AssistantResponseDoneEvent(**marks))
        unit.output_queue.put(
            AudioOutput(
                audio=AUDIO_RESPONSE_DONE,
                cancel_generation=marks["cancel_generation"],
                response_key=request.response_key,
            )
        )


def main(port: int) -> None:
    prompts: queue.Queue = queue.Queue()
    should_listen = threading.Event()
    unit = PipelineUnit(
        index=0,
        service=RealtimeService(text_prompt_queue=prompts, should_listen=should_listen),
        cancel_scope=CancelScope(),
        should_listen=should_listen,
        response_playing=threading.Event(),
        input_queue=queue.Queue(),
        output_queue=queue.Queue(),
        text_output_queue=queue.Queue(),
        text_prompt_queue=prompts,
        handlers=[],
    )
    for work in (listen, answer):
        threading.Thread(target=work, args=(unit,), daemon=True).start()
    app = create_app(pool=[unit], stop_event=threading.Event())
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="info")


if __name__ == "__main__":
    main(int(sys.argv[1]))
