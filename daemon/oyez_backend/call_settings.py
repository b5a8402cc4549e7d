"""`[calls]`: who may ring, what answers, what it may cost."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from oyez_realtime.pricing import Prices

ListPrice = Annotated[float, Meta(ge=0.0, le=1_000_000.0)]


class CallPrices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dollars for a million tokens; the defaults are the list prices of gpt-realtime-2.1, read on 2026-11-21."""

    text_input: ListPrice = 4.0
    text_cached: ListPrice = 0.4
    text_output: ListPrice = 24.0
    audio_input: ListPrice = 32.0
    audio_cached: ListPrice = 0.4
    audio_output: ListPrice = 64.0
    image_input: ListPrice = 5.0
    image_cached: ListPrice = 0.5
    transcript_minute: ListPrice = 0.006
    """For a minute of speech written down."""

    def exact(self) -> Prices:
        # By their shortest spelling: 0.4 is to be four tenths, not the binary fraction next to it.
        return Prices(**{name: Decimal(str(getattr(self, name))) for name in self.__struct_fields__})


class CallSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    device: Annotated[str, Meta(min_length=1, max_length=64)]
    """The device on whose account calls are: its tools, its budget, its right to look at them and to end them."""
    webhook_secret_file: str = ""
    """File with `whsec_...`; empty: the systemd credential `webhook_secret`, then OPENAI_WEBHOOK_SECRET."""
    allow: tuple[str, ...] = ()
    """Callers who are answered: number or name as in SIP From, or `user@host`; `*`, `?` stand for any. None: nobody."""
    reject_status: Annotated[int, Meta(ge=400, le=699)] = 603
    """What the others hear, in SIP."""
    max_live: Annotated[int, Meta(ge=1, le=32)] = 2
    """Calls at once; one more is busy (486)."""
    max_call_s: Annotated[float, Meta(gt=0, le=3600)] = 600.0
    """Then it ends with the farewell. The service itself ends a session after an hour."""
    budget_day_usd: Annotated[float, Meta(gt=0, le=10_000)] = 1.0
    """Of all calls together, midnight to midnight of this machine. Used up: farewell, and no more calls that day."""
    farewell: Annotated[str, Meta(max_length=500)] = "I have to end this call now. Goodbye."
    """Said aloud before we hang up; empty: nothing is said."""
    greeting: Annotated[str, Meta(max_length=500)] = ""
    """What to say first, as an instruction to the model; empty: the caller speaks first."""
    tools: Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    """`package.module:registry`, an oyez_realtime.tools.ToolRegistry; empty: none."""
    operators: tuple[str, ...] = ()
    """Devices that may look at calls and end them, beside `device`."""
    refer_to: tuple[str, ...] = ()
    """Where calls may be passed on to: `tel:` and `sip:` addresses, `*` and `?` as above. None: nowhere."""
    sideband_url: Annotated[str, Meta(pattern=r"^(wss?://[^\s/?#]+[^\s?#]*)?$")] = ""
    """Socket beside a call, without `?call_id=`; empty: derived from upstream_url."""
    session: dict[str, Any] = {}
    """Over the session defaults: instructions, voice and so on of whoever answers."""
    prices: CallPrices = CallPrices()
