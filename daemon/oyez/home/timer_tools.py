"""Timers and alarms as tools: typed functions whose answers are sentences to be read aloud."""

from typing import Annotated

from msgspec import Meta

from oyez.home.orders_timers import AT, LONGEST_S, clock
from oyez.home.timekeeper import Timekeeper
from oyez_realtime.tools import ToolRegistry

Label = Annotated[str, Meta(max_length=256, description="What it is for, in a word or two; empty: nothing said.")]


def timer_tools(keeper: Timekeeper) -> ToolRegistry:
    tools = ToolRegistry()

    @tools.tool
    async def set_timer(seconds: Annotated[int, Meta(ge=1, le=LONGEST_S)], label: Label = "") -> str:
        """Set a timer that rings after so many seconds."""
        return await keeper.set_timer(seconds, label)

    @tools.tool
    async def set_alarm(
        time: Annotated[str, Meta(pattern=f"^{AT.pattern}$", description="Local time of day, 24 hours, HH:MM.")],
        label: Label = "",
    ) -> str:
        """Set an alarm that rings once, the next time it is so late."""
        return await keeper.set_alarm(clock(time), label)

    @tools.tool
    async def list_timers() -> str:
        """Which timers and alarms are set, and how long is left."""
        return keeper.what_is_set()

    @tools.tool
    async def cancel_timer(
        which: Annotated[
            str, Meta(max_length=256, description="Its label, length or time; `all`; empty where there is only one.")
        ] = "",
    ) -> str:
        """Cancel a timer or an alarm, or stop it ringing."""
        return await keeper.cancel(which)

    return tools
