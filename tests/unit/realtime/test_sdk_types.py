"""Every type in `openai.types.realtime`, as installed, goes through ours both ways and comes out as it went in.

The examples are made from the SDK's own annotations, so a newer SDK with a new type, field or value fails here by name:
"missing in ours: SessionUpdatedEvent.session.novelty".
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest
from tests.unit.realtime.sdk_examples import arms, examples

from oyez_realtime import messages as m
from oyez_realtime.surplus import unknown_paths

sdk = pytest.importorskip("openai.types.realtime", reason="the openai SDK (extra dev) is not installed")

NOT_OURS = {
    "ConnectClientEvent": "events of a translation session, another endpoint (reference, 1.1)",
    "RealtimeConnectParams": "query of the address: `connecting.Dialling` takes an address as it is",
}
"""Beside all `RealtimeTranslation*`, which are of the same other endpoint."""

ELSEWHERE = {
    "CallAcceptParams": "test_sdk_rest",
    "CallCreateParams": "test_sdk_rest",
    "CallReferParams": "test_sdk_rest",
    "CallRejectParams": "test_sdk_rest",
    "ClientSecretCreateParams": "test_sdk_rest",
    "ClientSecretCreateResponse": "test_sdk_rest",
}

OURS: dict[str, Any] = {
    "AudioTranscription": m.AudioTranscription,
    "ConversationItem": m.Item,
    "LogProbProperties": m.TokenLogprob,
    "NoiseReductionType": Literal["near_field", "far_field"],
    "RealtimeAudioConfig": m.SessionAudio,
    "RealtimeAudioConfigInput": m.AudioInput,
    "RealtimeAudioConfigOutput": m.AudioOutput,
    "RealtimeAudioFormats": m.AudioFormat,
    "RealtimeAudioInputTurnDetection": m.TurnDetection | None,
    "RealtimeConversationItemAssistantMessage": m.Item,
    "RealtimeConversationItemFunctionCall": m.Item,
    "RealtimeConversationItemFunctionCallOutput": m.Item,
    "RealtimeConversationItemSystemMessage": m.Item,
    "RealtimeConversationItemUserMessage": m.Item,
    "RealtimeError": m.ErrorDetail,
    "RealtimeFunctionTool": m.Tool,
    "RealtimeMcpApprovalRequest": m.Item,
    "RealtimeMcpApprovalResponse": m.Item,
    "RealtimeMcpListTools": m.Item,
    "RealtimeMcpProtocolError": m.McpError,
    "RealtimeMcpToolCall": m.Item,
    "RealtimeMcpToolExecutionError": m.McpError,
    "RealtimeMcphttpError": m.McpError,
    "RealtimeReasoning": m.Reasoning,
    "RealtimeReasoningEffort": Literal["minimal", "low", "medium", "high", "xhigh"],
    "RealtimeResponse": m.Response,
    "RealtimeResponseCreateAudioOutput": m.ResponseAudio,
    "RealtimeResponseCreateMcpTool": m.Tool,
    "RealtimeResponseCreateParams": m.ResponseParameters,
    "RealtimeResponseCreateParamsWithReferences": m.ResponseParameters,
    "RealtimeResponseStatus": m.StatusDetails,
    "RealtimeResponseUsage": m.Usage,
    "RealtimeResponseUsageInputTokenDetails": m.InputTokenDetails,
    "RealtimeResponseUsageOutputTokenDetails": m.OutputTokenDetails,
    "RealtimeSessionCreateRequest": m.Session,
    "RealtimeSessionCreateResponse": m.Session,
    "RealtimeToolChoiceConfig": m.ToolChoice,
    "RealtimeToolsConfig": list[m.Tool],
    "RealtimeToolsConfigUnion": m.Tool,
    "RealtimeTracingConfig": Literal["auto"] | m.Tracing | None,
    "RealtimeTranscriptionSessionAudio": m.TranscriptionAudio,
    "RealtimeTranscriptionSessionAudioInput": m.AudioInput,
    "RealtimeTranscriptionSessionAudioInputTurnDetection": m.TurnDetection | None,
    "RealtimeTranscriptionSessionCreateRequest": m.Session,
    "RealtimeTranscriptionSessionCreateResponse": m.Session,
    "RealtimeTranscriptionSessionTurnDetection": m.TurnDetection,
    "RealtimeTruncation": Literal["auto", "disabled"] | m.RetentionRatio,
    "RealtimeTruncationRetentionRatio": m.RetentionRatio,
    "ResponseItemReference": m.ItemReference,
}

REFUSED_FROM_CLIENTS = {
    "output_audio_buffer.clear": "WebRTC and SIP only: over WebSocket the service refuses it (reference, 1.2)",
    "output_audio": "a client cannot create assistant audio (reference, 1.2)",
}
"""What our strict server refuses though the SDK can say it. Our structs hold it all the same."""

ONLY_OURS = {
    *(
        f"{kind}.{name}"
        for kind in ("RealtimeSession", "TranscriptionSession")
        for name in ("id", "object", "expires_at")
    ),
    *(
        f"Response{kind}Delta.obfuscation"
        for kind in ("OutputAudio", "OutputAudioTranscript", "OutputText", "FunctionCallArguments")
    ),
    "ConversationItemInputAudioTranscriptionDelta.obfuscation",
}
"""What the live service was seen to send and the SDK does not declare (reference, 1.7)."""


def events_of(union: Any) -> set[Any]:
    return set(arms(union))


def public_names() -> list[str]:
    """Types, not modules; a `...Param` (a dict to send) stands beside the model of the same name."""
    return [name for name in dir(sdk) if name[0].isupper()]


def plain(name: str) -> str:
    return name.removesuffix("Param")


def ours_of(name: str) -> Callable[[str], Any] | None:
    """How our side reads that type; None when it has none."""
    declared = getattr(sdk, name)
    if declared in events_of(sdk.RealtimeServerEvent) or name == "RealtimeServerEvent":
        return as_server_event
    clients = events_of(sdk.RealtimeClientEvent) | events_of(sdk.RealtimeClientEventParam)
    if declared in clients or plain(name) in ("RealtimeClientEvent", "ResponseCreateEventWithReferences"):
        return as_client_event
    if plain(name) in OURS:
        return lambda text: msgspec.json.decode(text, type=OURS[plain(name)])
    return None


def as_server_event(text: str) -> Any:
    event, left_out = m.read_server_event(text)
    assert not isinstance(event, m.UnknownEvent), f"missing in ours: {event.type}: {event.why or 'its type'}: {text}"
    assert not left_out, f"missing in ours: {event.type}: {left_out}: {text}"
    return event


def as_client_event(text: str) -> Any:
    if any(f'"type": "{kind}"' in text for kind in REFUSED_FROM_CLIENTS) and "response.create" not in text:
        with pytest.raises(m.WireError) as refused:
            m.decode_client_event(text)
        assert refused.value.code == "invalid_value"
        return msgspec.json.decode(text, type=m.AnyClientEvent)
    return m.decode_client_event(text)


def differences(theirs: Any, mine: Any, path: str) -> Iterator[str]:
    """Paths at which two JSON values differ."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        for key in theirs.keys() | mine.keys():
            inner = f"{path}.{key}"
            if key not in mine:
                yield f"missing in ours: {inner}"
            elif key not in theirs:
                yield f"added by ours: {inner}"
            else:
                yield from differences(theirs[key], mine[key], inner)
    elif isinstance(theirs, list) and isinstance(mine, list) and len(theirs) == len(mine):
        for index, (their, my) in enumerate(zip(theirs, mine, strict=True)):
            yield from differences(their, my, f"{path}[{index}]")
    elif theirs != mine or type(theirs) is not type(mine):
        yield f"changed by ours: {path} from {theirs!r} to {mine!r}"


def refuse_differences(name: str, example: Any, understood: Any) -> None:
    strangers = [f"missing in ours: {name}.{path}" for path in unknown_paths(understood, example)]
    assert not strangers
    again = json.loads(msgspec.json.encode(understood))
    assert not list(differences(example, again, name))


def is_ours(name: str) -> bool:
    return not name.startswith("RealtimeTranslation") and plain(name) not in NOT_OURS and name not in ELSEWHERE


@pytest.mark.parametrize("name", [name for name in public_names() if is_ours(name)])
def test_every_type_of_the_sdk_goes_through_ours_and_back(name: str) -> None:
    """Minimal, full and with each choice once: nothing is dropped, added, changed or unknown."""
    read = ours_of(name)
    assert read is not None, f"missing in ours: {name}, a type of openai.types.realtime; give it a place in this test"
    made = examples(getattr(sdk, name))
    assert made
    for example in made:
        try:
            understood = read(json.dumps(example))
        except (msgspec.ValidationError, m.WireError) as error:
            pytest.fail(f"missing in ours: {name}: {error}: {json.dumps(example)}")
        refuse_differences(name, example, understood)


def test_the_lists_of_this_test_name_nothing_that_is_gone() -> None:
    """A name that the SDK gave up is taken out of the lists instead of being believed for ever."""
    there = {plain(name) for name in public_names()}
    assert set(OURS) | set(NOT_OURS) | set(ELSEWHERE) <= there


def test_both_unions_of_the_sdk_are_ours() -> None:
    """The same event types, no fewer and no more."""
    assert types_of(sdk.RealtimeServerEvent) == set(m.SERVER_EVENT_TYPES)
    assert types_of(sdk.RealtimeClientEvent) == {*m.CLIENT_EVENT_TYPES, "output_audio_buffer.clear"}


def types_of(union: Any) -> set[str]:
    return {get_args(model.model_fields["type"].annotation)[0] for model in events_of(union)}


def test_what_is_only_ours_is_known_and_counted() -> None:
    """Our server events carry no field that the SDK lacks, but for those that the live service was seen to send."""
    declared: dict[type, set[str]] = {}
    said: dict[type, set[str]] = {}
    for example in examples(sdk.RealtimeServerEvent):
        note_fields(as_server_event(json.dumps(example)), declared, said)
    only_ours = {f"{struct.__name__}.{name}" for struct in declared for name in declared[struct] - said[struct]}
    assert only_ours == ONLY_OURS


def note_fields(value: Any, declared: dict[type, set[str]], said: dict[type, set[str]]) -> None:
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        given = {name for name, inner in fields.items() if inner is not msgspec.UNSET}
        declared.setdefault(type(value), set()).update(fields)
        said.setdefault(type(value), set()).update(given)
        for inner in fields.values():
            note_fields(inner, declared, said)
    elif isinstance(value, list):
        for inner in value:
            note_fields(inner, declared, said)


def test_a_newer_sdk_fails_by_name() -> None:
    """The proof of the proof: a field, a value and a type that we do not have are each named."""
    novel = {"type": "session.updated", "event_id": "e", "session": {"type": "realtime", "novelty": 1}}
    with pytest.raises(AssertionError, match=r"missing in ours: session\.updated: \['session\.novelty'\]"):
        as_server_event(json.dumps(novel))
    with pytest.raises(AssertionError, match=r"missing in ours: brand\.new"):
        as_server_event('{"type":"brand.new"}')
    with pytest.raises(AssertionError, match=r"missing in ours: RealtimeReasoning\.novelty"):
        refuse_differences("RealtimeReasoning", {"novelty": 1}, m.Reasoning())


def test_the_examples_hold_every_choice() -> None:
    """The generator is what the proof stands on: literals, arms, null, minimal and full are all there."""
    made = examples(sdk.RealtimeTranscriptionSessionAudioInputTurnDetection)
    assert None in made
    assert {"type": "server_vad"} in made
    assert {example["eagerness"] for example in made if example and "eagerness" in example} == {
        "low",
        "medium",
        "high",
        "auto",
        None,
    }
    full = next(example for example in made if example and example["type"] == "server_vad")
    assert len(full) == 7
    assert all(get_origin(arm) is not None or isinstance(arm, type) for arm in arms(sdk.RealtimeServerEvent))
