"""The tools that every device has, as typed functions. Pure but for whom they tell."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from oyez.events import Event, VolumeAsked
from oyez_realtime.tools import ToolRegistry


def builtin(tell: Callable[[Event], None], now: Callable[[], datetime]) -> ToolRegistry:
    """now: local time."""
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

    return tools
