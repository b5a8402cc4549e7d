"""The enum of names against the structs."""

from oyez_realtime import EventType, messages as m


def test_the_enum_names_exactly_the_events_that_there_are() -> None:
    """Client and server, no more and no less; each under its wire name in capitals."""
    ours = {str(name) for name in EventType}
    assert ours == {*m.SERVER_EVENT_TYPES, *m.CLIENT_EVENT_TYPES, "output_audio_buffer.clear"}
    for name in EventType:
        assert name.name == name.value.upper().replace(".", "_")
