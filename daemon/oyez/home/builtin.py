"""The tools that every device has, as typed functions. Pure but for whom they tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from oyez.events import Event, MuteWished, VolumeAsked
from oyez_realtime.tools import ToolRegistry

ALL_WELL = "Nothing is wrong that I know of."
MUTED_SOON = (
    "The microphone goes off when I have finished, and I hear nothing from then on. To switch it on again use the mute "
    "button, or the switch in your home automation."
)


@dataclass(frozen=True, slots=True)
class Insight:
    """What the device can say of itself."""

    why_awake: Callable[[], str]
    """Why it woke, in sentences to be read aloud."""
    heard: Callable[[], str]
    """What it understood lately, in sentences to be read aloud."""
    troubles: Callable[[], Sequence[str]]
    """What is wrong, a sentence each."""
    volume: Callable[[], float]
    """0 to 1."""


def builtin(tell: Callable[[Event], None], now: Callable[[], datetime], insight: Insight | None = None) -> ToolRegistry:
    """now: local time. insight: None: there are no tools that need it."""
    tools = ToolRegistry()

    @tools.tool
    async def get_time() -> str:
        """The local date and time."""
        moment = now()
        return f"It is {moment:%A}, {moment.day} {moment:%B %Y}, {moment:%H:%M}."

    @tools.tool
    async def set_volume(percent: Annotated[int, Meta(ge=0, le=100)]) -> str:
        """Set the loudspeaker's volume."""
        tell(VolumeAsked(percent / 100))
        return f"The volume is {percent} percent."

    @tools.tool
    async def mute_microphone() -> str:
        """Hear nothing any more, from the end of this conversation on. Only for a user who asks for just that."""
        tell(MuteWished())
        return MUTED_SOON

    if insight is not None:
        _add_insight(tools, tell, insight)
    return tools


def _add_insight(tools: ToolRegistry, tell: Callable[[Event], None], insight: Insight) -> None:
    @tools.tool
    async def change_volume(step: Annotated[int, Meta(ge=-100, le=100)]) -> str:
        """Make the loudspeaker louder (10) or quieter (-10) by so many percent."""
        percent = max(0, min(100, round(insight.volume() * 100) + step))
        tell(VolumeAsked(percent / 100))
        return f"The volume is {percent} percent."

    @tools.tool
    async def why_did_you_wake() -> str:
        """Why this device woke up: which wake word it heard, how sure it was, from where, and what it has sent."""
        return insight.why_awake()

    @tools.tool
    async def what_did_you_hear() -> str:
        """What this device understood of what was said to it lately, and when."""
        return insight.heard()

    @tools.tool
    async def what_is_wrong() -> str:
        """Which troubles this device has, and what to do about them."""
        return " ".join(insight.troubles()) or ALL_WELL
