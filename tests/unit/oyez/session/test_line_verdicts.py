"""Every row of the table of ends, on real sockets: how the line takes it in the middle of a conversation."""

import pytest

from oyez import events as ev
from oyez_realtime.closing import CLOSE_CODES, ERROR_CODES, Remedy, Verdict
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.scripted_realtime import Close, Emit, Expect, Silence, Step, Vanish

MENDED = (Remedy.RETRY, Remedy.ROTATE, Remedy.NEW_TOKEN)
UNSENDABLE = (1005, 1006, 1015)
"""Stand for a close without a code, for none at all, and for TLS: no frame carries them."""
BEGUN = Emit({"type": "response.created", "event_id": "e", "response": {"id": "r", "conversation_id": "c"}})


def error(code: str) -> Emit:
    return Emit({"type": "error", "event_id": "e", "error": {"type": "x", "code": code, "message": "It said no."}})


ENDS: list[tuple[str, list[Step], Verdict]] = [
    *((str(code), [Close(code)], verdict) for code, verdict in CLOSE_CODES.items() if code not in UNSENDABLE),
    ("1006", [Vanish()], CLOSE_CODES[1006]),
    *((code, [error(code), Close(1000)], verdict) for code, verdict in ERROR_CODES.items() if verdict.ends_session),
]


@pytest.mark.parametrize(("end", "verdict"), [pytest.param(e, v, id=f"{n} {v.remedy}") for n, e, v in ENDS])
async def test_an_end_is_mended_unheard_or_told_at_once(end: list[Step], verdict: Verdict) -> None:
    """retry, rotate, new token: the answer that was asked for is asked for again, the last with another token;
    refused, stop: one SessionLost with the verdict's sentence, and no second attempt."""
    again: list[Step] = [*READY, Expect("response.create"), Silence()]
    mended = verdict.remedy in MENDED
    async with line_stage([*READY, *end], *([again] if mended else [])) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        if mended:
            stage.line.ask_reply()
            await stage.received(3)
            assert stage.events == [ev.SessionReady()]
            assert [type(event) for event in stage.mendings] == [ev.LineBroke, ev.LineMended]
            assert (stage.tokens()[0] != stage.tokens()[1]) is (verdict.remedy is Remedy.NEW_TOKEN)
        else:
            lost = await stage.told(ev.SessionLost)
            assert lost.reason == ("line_refused" if verdict.remedy is Remedy.REFUSED else "line_lost")
            assert len(stage.server.headers) == 1


LIVES = [code for code, verdict in ERROR_CODES.items() if not verdict.ends_session]


@pytest.mark.parametrize("code", LIVES)
async def test_an_error_that_ends_nothing_leaves_the_session_and_its_reply_alone(code: str) -> None:
    """ignore and tell: a reply that runs runs on; what is to be told is told once, as a trouble and not as an end."""
    done = {"type": "response.done", "event_id": "e", "response": {"id": "r", "status": "completed"}}
    async with line_stage([*READY, BEGUN, error(code), error(code), Emit(done), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyEnded)
        told = [event for event in stage.events if isinstance(event, ev.TroubleFound)]
        assert len(told) == (1 if ERROR_CODES[code].remedy is Remedy.TELL else 0)
        facts = [event for event in stage.events if not isinstance(event, ev.TroubleFound)]
        assert facts == [ev.SessionReady(), ev.ReplyBegun("r", aside=False), ev.ReplyEnded("r", "completed")]
        assert len(stage.server.headers) == 1
