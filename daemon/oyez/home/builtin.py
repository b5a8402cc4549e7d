"""The tools that every device has, as typed functions. Pure but for whom they tell."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from oyez.events import Event, VolumeAsked
from oyez_realtime.tools import ToolRegistry


def builtin(
    tell: Callable[[Event], None], now: Callable[[], datetime], why_awake: Callable[[], str] | None = None
) -> ToolRegistry:
    """now: local time. why_awake: why the device woke, in sentences to be read aloud; None: there is no such tool."""
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

    if why_awake is not None:

        @tools.tool
        async def why_did_you_wake() -> str:
            """Why this device woke up: which wake word it heard, how sure it was, from where, and what it has sent."""
            return why_awake()

    return tools
