"""What is written down: sentences, a page that needs nothing from elsewhere, and nothing private in either."""

import json
import re
import struct
import zlib
from html.parser import HTMLParser
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from msgspec.structs import replace

from oyez_hw.doctor import svg
from oyez_hw.doctor.finding import Finding, Result, from_sentence, parted
from oyez_hw.doctor.page import page, verdict
from oyez_hw.doctor.plots import latency_plot, sound_plots
from oyez_hw.doctor.redaction import Redaction, wireless_names
from oyez_hw.doctor.report import Report, in_words, without
from oyez_hw.doctor.spectrogram import png, spectrogram_png
from oyez_hw.doctor.steered import STEP_DEG, steered_power
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Ear, Room, RoomSettings
from tests.doubles.pi import put
from tests.unit.oyez_hw.doctor.test_sound import heard_in

FINDING = Finding("odd", "trouble", "It is <odd> & `broken`.", "It will not do.", "Mend it.")


def report_of(*findings: Finding, **figures: object) -> Report:
    result = Result(name="thing", title="The thing", findings=findings, figures=dict(figures))
    return Report(made="2026-11-21T12:00:00+01:00", about={"version": "1.2.3"}, results=(result,))


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_with_all_plots_asks_nobody_for_anything_and_runs_no_script() -> None:
    ears = (Ear(x_mm=30.0), Ear(x_mm=-30.0))
    _, recording = heard_in(RoomSettings(ears=ears))
    latency = latency_plot([10.0, 12.0, 11.0, 40.0], "the service")
    assert latency is not None
    text = page(report_of(FINDING, level=1), [*sound_plots(recording), latency])
    reader = Reader()
    reader.feed(text)
    assert {"script", "link", "iframe", "object", "embed"}.isdisjoint(tag for tag, _ in reader.tags)
    links = [value for _, attrs in reader.tags for key, value in attrs.items() if key in ("src", "href")]
    assert links
    assert all(value is not None and value.startswith("data:image/png;base64,") for value in links)
    assert not re.search(r"url\(|@import|https?://|\bon\w+=", text)
    assert "It is <odd> & broken." in reader.text
    for title in ("Levels", "Spectrogram", "Impulse response", "Latency"):
        assert title in reader.text


def test_the_verdict_counts() -> None:
    caution = Finding("small", "caution", "A", "B", "C")
    assert verdict(report_of()) == "Nothing was found to be wrong."
    some = report_of()
    half = replace(some, results=(*some.results, Result(name="a", title="A", skipped="there is none")))
    assert verdict(half) == "Nothing was found to be wrong in 1 of 2 checks; the others say why not."
    assert verdict(report_of(FINDING)) == "Found: 1 trouble."
    assert verdict(report_of(caution, FINDING, caution)) == "Found: 1 trouble and 2 remarks."
    assert report_of(caution).well
    assert [one.name for one in report_of(caution, FINDING).findings] == ["odd", "small"]


def test_words_for_a_terminal_say_why_something_was_not_looked_at() -> None:
    assert in_words(Result(name="a", title="A", skipped="there is none")) == ["  not looked at: there is none"]


def test_root_is_told_what_to_do_without_sudo() -> None:
    result = Result(name="a", title="A", findings=(replace(FINDING, remedy="Say `sudo iotop`, then `sudo reboot`."),))
    assert in_words(result)[-1] == "    What to do: Say `sudo iotop`, then `sudo reboot`."
    assert in_words(result, to_root=True)[-1] == "    What to do: Say `iotop`, then `reboot`."
    assert in_words(Result(name="a", title="A")) == ["  well"]


@pytest.mark.parametrize(
    ("sentence", "what", "remedy"),
    [
        ("the card is gone (error: 5): plug it in", "the card is gone (error: 5)", "Plug it in."),
        ("The broker at 10.0.0.1:1883 is away: start it.", "The broker at 10.0.0.1:1883 is away", "Start it."),
        ("Something broke.", "Something broke", "See the log, `journalctl -u oyez`."),
    ],
)
def test_an_errors_sentence_is_parted_into_what_happened_and_what_to_do(sentence: str, what: str, remedy: str) -> None:
    assert parted(sentence) == (what, remedy)


@given(st.text(max_size=60))
def test_any_sentence_makes_a_finding(sentence: str) -> None:
    finding = from_sentence("x", "caution", sentence, "It matters.")
    assert finding.what.endswith(".")
    assert finding.remedy


@pytest.mark.parametrize("name", ["trouble", "caution", "advice"])
def test_a_device_that_is_called_as_a_severity_has_a_report_too(name: str) -> None:
    shown = without(report_of(FINDING), Redaction([name]))
    assert shown.findings[0].severity == "trouble"


PRIVATE_WORD = st.text("abcdefghijklmnopqrstuvwxyzäöü0123456789 -_&<>\"'", min_size=4, max_size=20).map(str.strip)


BESIDE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=10)
"""JSON writes a control character as \\u0000, in which the word 0000 would be found."""


@given(secret=PRIVATE_WORD, name=PRIVATE_WORD, before=BESIDE, after=BESIDE)
def test_no_secret_and_no_name_is_left_anywhere_in_a_report(secret: str, name: str, before: str, after: str) -> None:
    assume(len(secret) >= 4 and len(name) >= 4)
    assume(all(word not in "***[name][address][mac][mail][person]" for word in (secret, name)))
    finding = Finding("odd", "trouble", f"{before}{secret}{after}", name, f"{name}{secret}")
    shown = without(report_of(finding, text=f"{name}: {secret}", more=[{"x": secret}]), Redaction([name], [secret]))
    told = [shown.findings[0].what, shown.findings[0].meaning, shown.findings[0].remedy, shown.results[0].figures]
    text = json.dumps(told, ensure_ascii=False)
    words = [word for word in (secret, name) if json.dumps(word, ensure_ascii=False)[1:-1] in text]
    assert not words


def test_wireless_names_and_passwords_are_known_however_they_are_quoted(tmp_path: Path) -> None:
    put(
        tmp_path,
        "etc/wpa_supplicant/a.conf",
        'network={\n ssid="Anna\'s"\n psk="a \\"b\\" c"\n sae_password="d e"\n}\n',
    )
    put(tmp_path, "etc/NetworkManager/system-connections/b", '[wifi]\nssid = B\n[wifi-security]\npsk=x"y\n')
    assert wireless_names(tmp_path) == ({"Anna's", "B"}, {'a \\"b\\" c', "d e", 'x"y'})


@given(st.ip_addresses())
def test_addresses_are_hidden_but_for_loopback(address: IPv4Address | IPv6Address) -> None:
    text = Redaction()(f"the broker at {address}:1883 is away")
    if not address.is_loopback and not address.is_unspecified:
        assert str(address) not in text


@pytest.mark.parametrize(
    "text",
    [
        "12:34:56",
        "6.12.47+rpt-rpi-v8",
        "0.31 0.28",
        "-48.0 dBFS",
        "127.0.0.1:8700",
        "http://127.0.0.1:8700/v1",
        "hw:1,0",
    ],
)
def test_times_versions_levels_and_this_very_machine_are_left(text: str) -> None:
    assert Redaction()(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("b8:27:eb:12:34:56", "[mac]"),
        ("anna@example.org", "[mail]"),
        ("https://anna:pw@a.example/v1?key=geheim9&x=1 is away", "https://[address]/v1?*** is away"),
        ("ws://127.0.0.1:8765/v1/realtime?key=geheim9", "ws://127.0.0.1:8765/v1/realtime?***"),
        ("/home/anna/x", "/home/[person]/x"),
        ("http://flur.fritz.box:8700/v1", "http://[address]/v1"),
        ("fe80::1ff:fe23:4567:890a", "[address]"),
        ("Kitchen", "[name]"),
    ],
)
def test_what_is_private_is_named_by_its_kind(text: str, shown: str) -> None:
    assert Redaction(["kitchen", "oyez", "localhost"])(text) == shown


def test_a_png_is_what_was_drawn() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    data = png(pixels)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (5, 7)
    begin = data.index(b"IDAT") + 4
    (size,) = struct.unpack(">I", data[begin - 8 : begin - 4])
    rows = zlib.decompress(data[begin : begin + size])
    assert rows == b"".join(b"\0" + pixels[row].tobytes() for row in range(7))


def test_a_tone_is_a_line_at_its_height_in_the_spectrogram() -> None:
    tone = (8000 * np.sin(2 * np.pi * 4000 * np.arange(16_000) / 16_000)).astype(np.int16)[:, None]
    data = spectrogram_png(tone, 0, 16_000)
    width, height = struct.unpack(">II", data[16:24])
    begin = data.index(b"IDAT") + 4
    rows = np.frombuffer(zlib.decompress(data[begin:-16]), np.uint8).reshape(height, 1 + 3 * width)
    assert int(np.argmax(rows[:, 1:].mean(axis=1))) == pytest.approx(height / 2, abs=2)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_lie_between_the_ends_and_are_few(low: float, width: float) -> None:
    high = low + width
    ticks = svg.steps(low, high)
    assert len(ticks) <= 14
    assert all(low - width / 50 <= tick <= high + width / 50 for tick in ticks)


@pytest.mark.parametrize("direction_deg", [0, 45, 90, 200, 315])
def test_the_polar_plot_points_to_the_talker(direction_deg: int) -> None:
    places = ((0, 32.0, 0.0), (1, 0.0, 32.0), (2, -32.0, 0.0), (3, 0.0, -32.0))
    ears = tuple(Ear(x_mm=x, y_mm=y) for _, x, y in places)
    room = Room(PcmFormat(16_000, 4), PcmFormat(48_000, 2), RoomSettings(ears=ears), epoch_s=0.0)
    voice = np.random.default_rng(3).standard_normal(16_000).astype(np.float32)
    room.say(voice, 16_000, -30.0, direction_deg=direction_deg)
    power = steered_power(room.hear(0, 16_000), 16_000, places)
    assert power is not None
    away = (int(np.argmax(power)) * STEP_DEG - direction_deg + 180) % 360 - 180
    assert abs(away) <= 2 * STEP_DEG


def test_microphones_at_one_place_have_no_direction() -> None:
    sound = np.ones((4000, 2), np.int16)
    assert steered_power(sound, 16_000, ((0, 0.0, 0.0), (1, 0.0, 0.0))) is None
    assert steered_power(np.zeros((4000, 2), np.int16), 16_000, ((0, 0.0, 0.0), (1, 9.0, 0.0))) is None
