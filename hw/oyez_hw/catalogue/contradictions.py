"""What each value of an entry alone does not show. Pure: an entry -> sentences."""

from collections.abc import Iterator

from oyez_hw.catalogue.entry import Entry, Group


def contradictions(entry: Entry) -> Iterator[str]:
    yield from _recognition(entry)
    yield from _channels(entry)
    yield from _boot(entry)
    yield from _lights(entry)
    yield from _facts(entry)
    if entry.volume and entry.volume.lowest_db >= entry.volume.highest_db:
        yield "volume.lowest_db is not below volume.highest_db: there is no range between them."
    if entry.mute_switch and (entry.mute_switch.kind == "line") != (entry.mute_switch.line is not None):
        yield "mute_switch.line belongs to mute_switch.kind line, and to no other."
    pins = used_lines(entry)
    if twice := sorted({pin for pin in pins if pins.count(pin) > 1}):
        yield f"GPIO {', '.join(map(str, twice))} would be used for two things."


def used_lines(entry: Entry) -> list[int]:
    lights, switch = entry.lights, entry.mute_switch
    pins: list[int | None] = [button.line for button in entry.buttons]
    if lights:
        pins += [lights.clock_line, lights.data_line, lights.power_line, *lights.lines]
    if switch:
        pins.append(switch.line)
    return [pin for pin in pins if pin is not None]


def _recognition(entry: Entry) -> Iterator[str]:
    if entry.drivers == "none":
        return
    known = entry.recognised
    if not (known.hats or known.usb or known.card_ids or known.card_names or known.any_usb_microphone):
        yield "recognised says nothing: no machine could tell that the board is there."
    if "{card}" in entry.playback.device and not (known.card_ids or known.any_usb_microphone):
        yield "playback.device asks for {card}, and recognised.card_ids names none to wait for."


def _channels(entry: Entry) -> Iterator[str]:
    capture = entry.capture
    special = [*capture.reference_channels, *([] if capture.clean_channel is None else [capture.clean_channel])]
    places = [microphone.channel for microphone in entry.microphones]
    for channel in [*special, *places]:
        if channel >= capture.channels:
            yield f"channel {channel} is named, but the board delivers only {capture.channels} (from 0)."
    if len(set(places)) < len(places) or set(places) & set(capture.reference_channels):
        yield "microphones: a channel stands there twice, or is a reference as well."
    if entry.cancels_echo != (capture.clean_channel is not None):
        yield "a board that cancels echo has a capture.clean_channel, and another one has none."


def _boot(entry: Entry) -> Iterator[str]:
    if (entry.drivers == "vendor overlay") != bool(entry.boot.vendor_overlay):
        yield "boot.vendor_overlay belongs to drivers = vendor overlay, and to no other."
    if entry.drivers == "out of tree" and any(line.startswith("dtoverlay=") for line in entry.boot.config_txt):
        yield "boot.config_txt loads an overlay for drivers that are not there."


def _lights(entry: Entry) -> Iterator[str]:
    lights = entry.lights
    if lights is None:
        return
    if (lights.kind == "gpio") != bool(lights.lines) or (lights.lines and len(lights.lines) != lights.count):
        yield "lights.lines has one line a light where lights.kind is gpio, and is empty otherwise."
    if (lights.bus == "spi") != bool(lights.spi_device):
        yield "lights.spi_device belongs to lights.bus spi, and to no other."
    if lights.bus == "spi" and "dtparam=spi=on" not in entry.boot.config_txt:
        yield "the lights are on SPI, and boot.config_txt has no dtparam=spi=on."


def _facts(entry: Entry) -> Iterator[str]:
    present = set(groups(entry))
    spoken_of = {group for fact in entry.facts for group in fact.about}
    for group in sorted(present - spoken_of):
        yield f"facts: nothing says where what stands under {group} comes from."
    for group in sorted(spoken_of - present):
        yield f"facts: something is said about {group}, of which the entry has nothing."
    for number, fact in enumerate(entry.facts):
        if fact.by == "unverified" and not fact.note:
            yield f"facts[{number}]: is unverified and does not say why it stands here all the same."
        if fact.by != "unverified" and not fact.source:
            yield f"facts[{number}]: names no source."
    if entry.proven != any(fact.by == "bench" for fact in entry.facts):
        yield "proven is true exactly where a fact comes from the bench."


def groups(entry: Entry) -> Iterator[Group]:
    """What the entry has something about."""
    if entry.drivers != "none":
        yield "recognised"
    yield from ("boot", "capture", "playback")
    if entry.microphones:
        yield "microphones"
    if entry.cancels_echo or entry.capture.reference_channels:
        yield "echo"
    if entry.volume or entry.settings:
        yield "mixer"
    if entry.lights:
        yield "lights"
    if entry.buttons:
        yield "buttons"
    if entry.mute_switch:
        yield "mute_switch"
