"""What is known of boards, as people read it: one board as a sheet, all of them as a table. Pure."""

from collections.abc import Iterable, Iterator

from oyez_hw.catalogue import Entry

WORKS = {
    "kernel": "yes",
    "vendor overlay": "with the vendor's overlay",
    "out of tree": "no: driver outside the kernel",
    "none": "yes",
}


def sheet(entry: Entry) -> Iterator[str]:
    """The lines of `oyez-hw board NAME`."""
    yield entry.title
    yield ""
    for key, value in _rows(entry):
        yield f"  {key:<13}{value}"
    yield ""
    yield "On Raspberry Pi's kernel: " + entry.boot.works
    if entry.boot.missing_on_image:
        yield "On the image: no sound. " + entry.boot.missing_on_image
    for caution in entry.cautions:
        yield "Mind: " + caution
    if entry.boot.config_txt:
        yield ""
        yield "In /boot/firmware/config.txt:"
        yield from (f"  {line}" for line in entry.boot.config_txt)
    if entry.settings:
        yield ""
        yield "Once, so that it is neither silent nor deaf (`oyez-hw mixer` does it, then `alsactl store`):"
        card = entry.recognised.card_ids[0]
        yield from (f"  amixer -c {card} sset '{one.control}' {one.value}    # {one.why}" for one in entry.settings)
    yield ""
    yield "Where it comes from:"
    for fact in entry.facts:
        yield f"  {', '.join(fact.about)}: {_told(fact.by, fact.source, fact.note)}"


def table(entries: Iterable[Entry]) -> str:
    """Markdown, a row a board."""
    rows = [
        "| `board.name` | board | works | on the image | sound in | sound out | lights, buttons | proven |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        extras = "; ".join([*_lights(entry), *_buttons(entry)]) or "–"
        cells = (
            f"[`{entry.name}`](#{entry.name})",
            entry.title,
            WORKS[entry.drivers],
            _on_image(entry),
            _capture(entry),
            _playback(entry),
            extras,
            "yes" if entry.proven else "no",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _on_image(entry: Entry) -> str:
    if entry.drivers == "none":
        return "–"
    return "no" if entry.boot.missing_on_image or entry.drivers == "out of tree" else "yes"


def section(entry: Entry) -> str:
    """Markdown: what does not fit the row."""
    parts = [f"### {entry.name}", f"{entry.title}. {entry.boot.works}"]
    if entry.boot.config_txt:
        parts.append("\n".join(["```", *entry.boot.config_txt, "```"]))
    if entry.boot.missing_on_image:
        parts.append(f"- On the image: no sound. {entry.boot.missing_on_image}")
    parts += [f"- Mind: {caution}" for caution in entry.cautions]
    parts += [f"- {', '.join(fact.about)}: {_told(fact.by, fact.source, fact.note)}" for fact in entry.facts]
    text = "\n".join(parts)
    return text.replace("\n```\n", "\n\n```\n", 1).replace("\n- ", "\n\n- ", 1)


def _rows(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "board.name", entry.name
    if entry.vendor:
        yield "vendor", entry.vendor
    yield "proven", "yes" if entry.proven else "no: nobody has run tests/hardware on it (`oyez-hw doctor` can)"
    if recognised := "; ".join(_recognised(entry)):
        yield "recognised", recognised
    yield "sound in", _capture(entry)
    yield "sound out", _playback(entry)
    if entry.microphones:
        places = ", ".join(f"{one.channel} at ({one.x_mm:g}, {one.y_mm:g})" for one in entry.microphones)
        yield "microphones", f"{places} mm, x to the right, y to the front"
    if entry.volume:
        volume = entry.volume
        yield "volume", f"{volume.control}, {volume.lowest_db:g} to {volume.highest_db:g} dB"
    else:
        yield "volume", "in software"
    for key, words in (("lights", _lights(entry)), ("buttons", _buttons(entry))):
        if told := "; ".join(words):
            yield key, told


def _recognised(entry: Entry) -> Iterator[str]:
    known = entry.recognised
    yield from (f"EEPROM {hat.vendor}, {hat.product}" for hat in known.hats)
    yield from (f"USB {usb}" for usb in known.usb)
    if known.card_ids:
        yield f"ALSA card {' or '.join(known.card_ids)}"
    yield from (f"called {name}" for name in known.card_names)
    if known.pcms:
        yield f"with {' or '.join(known.pcms)}"
    if known.capture_channels:
        yield f"with {known.capture_channels} channels"
    if known.any_usb_microphone:
        yield "any USB card that captures"


def _capture(entry: Entry) -> str:
    capture = entry.capture
    words = [f"{capture.channels} × {capture.rate_hz / 1000:g} kHz, {capture.width_bits} bit"]
    if capture.card == "usb":
        words = ["a USB microphone's"]
    if capture.reference_channels:
        words.append(f"loop-back on {', '.join(map(str, capture.reference_channels))}")
    if capture.clean_channel is not None:
        words.append(f"echo cancelled by the board on {capture.clean_channel}")
    return "; ".join(words)


def _playback(entry: Entry) -> str:
    playback = entry.playback
    words = [f"{playback.channels} × {playback.rate_hz / 1000:g} kHz, {playback.width_bits} bit"]
    if playback.outlet:
        words.append(playback.outlet)
    if playback.delay_ms is not None:
        words.append(f"{playback.delay_ms:g} ms late")
    return "; ".join(words)


def _lights(entry: Entry) -> Iterator[str]:
    lights = entry.lights
    if lights is None:
        return
    where = {"spi": f"on {lights.spi_device}", "gpio": "on GPIO lines", "board": "by the board itself"}[lights.bus]
    shape = {"ring": "in a ring", "row": "in a row", "single": ""}[lights.layout]
    yield " ".join(word for word in (f"{lights.count} {lights.kind.upper()}", shape, where) if word)


def _buttons(entry: Entry) -> Iterator[str]:
    for button in entry.buttons:
        yield f"{button.use} button on GPIO {button.line}"
    if switch := entry.mute_switch:
        yield {"line": f"mute switch on GPIO {switch.line}", "hid": "mute key", "board": "mutes by itself"}[switch.kind]


def _told(by: str, source: str, note: str) -> str:
    return "; ".join(part for part in (f"{by}{f', {source}' if source else ''}", note) if part)
