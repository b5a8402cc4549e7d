"""Pure: what a person should know of a board's channels, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oyez_hw.measuring.channel_check import Channel, polarity_of
from oyez_hw.measuring.microphone_order import Order

WEAK_DB = 6.0
OFFSET = 0.02
NOISY_DB = 12.0


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    """dead, deaf, inverted, weak, offset, noisy, clipped, loop_back, moved, or what cannot be told: polarity_unsure,
    alike, places_unfit."""
    channels: tuple[int, ...]
    sentence: str
    fault: bool = True


def findings(channels: Sequence[Channel], order: Order | None, references: Sequence[int]) -> list[Finding]:
    """order: None: no places to compare with. references: channels that are said to carry what is played."""
    return [*_each(channels), *_polarity(channels), *_loop_backs(channels, references), *_order(order)]


def _each(channels: Sequence[Channel]) -> list[Finding]:
    found = []
    quietest = min((one.noise_dbfs for one in channels if one.kind == "microphone"), default=0.0)
    for one in channels:
        mine = (one.number,)
        if one.kind == "silent":
            text = f"Channel {one.number} is dead: it delivers one value only. Look at its solder joints and wires."
            found.append(Finding("dead", mine, text))
        elif one.kind == "deaf":
            text = (
                f"Channel {one.number} hears nothing of the loudspeaker, only its own noise ({one.noise_dbfs:.0f} "
                "dBFS): it is dead, covered, or no microphone is wired to it."
            )
            found.append(Finding("deaf", mine, text))
        if one.kind != "microphone":
            continue
        if one.beside_others_db is not None and one.beside_others_db < -WEAK_DB:
            text = (
                f"Channel {one.number} is {-one.beside_others_db:.0f} dB weaker than the others: look at its hole for "
                "dust or glue, and at its gain."
            )
            found.append(Finding("weak", mine, text))
        if one.noise_dbfs > quietest + NOISY_DB:
            text = (
                f"Channel {one.number} is noisier than the quietest by {one.noise_dbfs - quietest:.0f} dB: look at "
                "its supply and wires."
            )
            found.append(Finding("noisy", mine, text))
        if abs(one.offset) > OFFSET:
            text = (
                f"Channel {one.number} has a constant part of {100 * one.offset:.1f} % of full scale (DC): that room "
                "is lost to sound; switch on the codec's high-pass filter."
            )
            found.append(Finding("offset", mine, text))
        if one.clipped:
            text = f"Channel {one.number} clips: lower its gain, or play more quietly (--level)."
            found.append(Finding("clipped", mine, text))
    return found


def _polarity(channels: Sequence[Channel]) -> list[Finding]:
    turned = tuple(one.number for one in channels if one.inverted)
    if not turned:
        return []
    if polarity_of(channels).undecided:
        others = ", ".join(str(one.number) for one in channels if one.kind == "microphone" and not one.inverted)
        text = f"{_names(turned)} and {others} are of opposite polarity: which of them is the wrong one cannot be told."
        return [Finding("polarity_unsure", turned, text)]
    text = (
        f"{_names(turned)} inverted against the others: {_its(turned)} two wires are swapped. Leave it out until then."
    )
    return [
        Finding("inverted", turned, text.replace(" inverted", " is inverted" if len(turned) == 1 else " are inverted"))
    ]


def _loop_backs(channels: Sequence[Channel], references: Sequence[int]) -> list[Finding]:
    found = tuple(one.number for one in channels if one.kind == "loop_back")
    if not found or set(found) == set(references):
        return []
    text = f"{_names(found)} carry what the loudspeaker plays: set board.reference_channels = {list(found)}."
    return [Finding("loop_back", found, text, fault=False)]


def _order(order: Order | None) -> list[Finding]:
    if order is None:
        return []
    if not order.fits:
        text = (
            "The microphones hear the loudspeaker at times that fit no order of the places given "
            f"({order.worst_us:.0f} us off): the places, or the loudspeaker's, are others."
        )
        return [Finding("places_unfit", (), text)]
    found = [
        Finding("moved", pair, f"Channels {pair[0]} and {pair[1]} are swapped: each hears as the other should.")
        for pair in order.swapped
    ]
    paired = {channel for pair in order.swapped for channel in pair}
    alike = {channel: group for group in order.alike for channel in group}
    for channel, whose in sorted(order.moved.items()):
        if channel not in paired:
            text = f"Channel {channel} hears as {_or(alike.get(whose, (whose,)))} should."
            found.append(Finding("moved", (channel,), text))
    for group in order.alike:
        text = (
            f"{_names(group)} are as far from the loudspeaker: whether these are swapped among themselves cannot be "
            "told from there. Measure again with a loudspeaker at another place."
        )
        found.append(Finding("alike", group, text, fault=False))
    return found


def arrivals_us(channels: Sequence[Channel]) -> Mapping[int, float]:
    return {one.number: one.later_us for one in channels if one.later_us is not None}


def _names(channels: Sequence[int]) -> str:
    if len(channels) == 1:
        return f"Channel {channels[0]}"
    return f"Channels {', '.join(map(str, channels[:-1]))} and {channels[-1]}"


def _or(channels: Sequence[int]) -> str:
    return "channel " + " or ".join(map(str, channels))


def _its(channels: Sequence[int]) -> str:
    return "its" if len(channels) == 1 else "their"
