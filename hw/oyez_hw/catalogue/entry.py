"""What is known of one board: the form of a file of the catalogue. Pure.

Places are in mm seen from above, x to the right and y to the front; directions in degrees, 0 the front, 90 the right:
as `[[board.microphones]]` of the configuration has them. GPIO lines are BCM numbers on the 40-pin header.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1)]
Line = Annotated[int, Meta(ge=0, le=27)]
Channel = Annotated[int, Meta(ge=0, le=63)]
Width = Literal[16, 24, 32]
Group = Literal[
    "recognised", "boot", "capture", "microphones", "playback", "echo", "mixer", "lights", "buttons", "mute_switch"
]
"""What a fact is about; each group of an entry has at least one."""
ConfirmedBy = Literal["bench", "report", "kernel source", "data sheet", "vendor code", "vendor page", "unverified"]
"""bench: our own tests on the board. report: somebody's machine, shown in public. unverified: `note` says why it stands
here all the same."""
Drivers = Literal["kernel", "vendor overlay", "out of tree", "none"]
"""What the board needs beside Raspberry Pi's kernel: nothing; an overlay that the kernel does not ship, for drivers
that it has; drivers that it does not have (those are not supported here). none: it is no hardware."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file, closed to unknown keys."""


class Hat(Part, frozen=True, kw_only=True):
    """What the EEPROM of a HAT says, whole and exactly."""

    vendor: Text
    product: Text


class Recognised(Part, frozen=True, kw_only=True):
    """By what the board says of itself. A USB id is decisive where one is given; all else adds up (detection.py)."""

    hats: list[Hat] = []
    usb: list[Annotated[str, Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}$")]] = []
    card_ids: list[Text] = []
    """ALSA's id of the card (in brackets in /proc/asound/cards). The first is what boot.config_txt makes of it."""
    card_names: list[Text] = []
    """Its name, whole: it tells boards apart whose ids are alike."""
    pcms: list[Text] = []
    """Part of the name of its PCM, which is mostly the codec's: without it, it is another board."""
    capture_channels: int | None = None
    """With a USB card, whose firmware decides: with another number it is another entry."""
    any_usb_microphone: bool = False
    """Every USB card that captures: last, when nothing better is known."""


class Boot(Part, frozen=True, kw_only=True):
    config_txt: list[Text] = []
    """Lines for /boot/firmware/config.txt, with overlays that Raspberry Pi's kernel ships. They are the same on the SD
    card's image, which has overlays of its own by those names (docs/image.md)."""
    vendor_overlay: str = ""
    """One that it does not ship, which somebody must compile: not in `config_txt`, since it is not there."""
    works: Text
    """What of the board works on Raspberry Pi's kernel as it comes."""
    missing_on_image: str = ""
    """What Debian's kernel, which the SD card's image has, lacks for its sound; empty: it drives it as well."""


class Capture(Part, frozen=True, kw_only=True):
    card: Literal["own", "usb"] = "own"
    """usb: the board has no microphone; any USB card's is taken."""
    device: Text = "hw:CARD={card},DEV=0"
    """{card} is ALSA's id of the card: a number would change with what else is plugged in."""
    rate_hz: Annotated[int, Meta(ge=4_000, le=768_000)]
    channels: Annotated[int, Meta(ge=1, le=64)]
    width_bits: Width = 16
    reference_channels: list[Channel] = []
    """They carry what the loudspeaker plays."""
    clean_channel: Channel | None = None
    """Where the board's own signal processor delivers what it has cancelled already."""
    silence_is_zeros: bool = False
    """Nothing but zeros is no sign of a broken microphone."""


class Microphone(Part, frozen=True, kw_only=True):
    channel: Channel
    x_mm: float
    y_mm: float
    z_mm: float = 0.0


class Playback(Part, frozen=True, kw_only=True):
    device: Text = "hw:CARD={card},DEV=0"
    rate_hz: Annotated[int, Meta(ge=4_000, le=768_000)]
    channels: Annotated[int, Meta(ge=1, le=8)]
    width_bits: Width = 16
    delay_ms: Annotated[float, Meta(ge=0.0, le=2000.0)] | None = None
    """From the card's buffer to the air, beyond what the driver reports; None: nobody measured it."""
    outlet: str = ""
    """Where the loudspeaker is plugged in."""


class Control(Part, frozen=True, kw_only=True):
    """The mixer element for the volume. Level 0 is its lowest; above, alsamixer's curve, which follows the ear, runs
    over the safe range."""

    control: Text
    lowest_db: float
    """Below it nothing is heard in a room."""
    highest_db: Annotated[float, Meta(le=12.0)]
    """The loudest that does not distort."""


class Setting(Part, frozen=True, kw_only=True):
    """What must be set once, as arguments of `amixer -c CARD sset`."""

    control: Text
    value: Text
    why: Text


class Lights(Part, frozen=True, kw_only=True):
    kind: Literal["apa102", "sk9822", "ws2812", "gpio"]
    count: Annotated[int, Meta(ge=1, le=300)]
    layout: Literal["ring", "row", "single"]
    first_deg: float = 0.0
    """Ring: the direction in which light 0 sits."""
    clockwise: bool = True
    """Ring: the next one is further to the right of it."""
    bus: Literal["spi", "gpio", "board"]
    """board: its own processor drives them; we do not."""
    spi_device: str = ""
    clock_line: Line | None = None
    data_line: Line | None = None
    power_line: Line | None = None
    """Must be driven high before anything lights."""
    lines: list[Line] = []
    """Kind gpio: one a light, in order."""

    @property
    def directions_deg(self) -> tuple[float, ...]:
        """Of each light of a ring, -180 (included) to 180; empty: no ring."""
        if self.layout != "ring":
            return ()
        step = (360.0 if self.clockwise else -360.0) / self.count
        return tuple((self.first_deg + number * step + 180.0) % 360.0 - 180.0 for number in range(self.count))


class Button(Part, frozen=True, kw_only=True):
    use: Literal["action", "mute", "volume_up", "volume_down"]
    """As `[[buttons.lines]]` of the configuration has it."""
    line: Line
    active: Literal["low", "high"] = "low"
    pull: Literal["up", "down", "none"] = "up"


class MuteSwitch(Part, frozen=True, kw_only=True):
    kind: Literal["line", "hid", "board"]
    """line: a GPIO of the Pi tells its state. hid: it comes as a key. board: it mutes by itself and tells nobody."""
    line: Line | None = None
    active: Literal["low", "high"] = "low"
    """The level at which it is muted."""
    latching: bool = True
    """It stays where it is put; False: each press changes it."""


class Fact(Part, frozen=True, kw_only=True):
    about: list[Group]
    by: ConfirmedBy
    source: str = ""
    """Where it stands: an address, or a repository with the path and the commit or branch."""
    note: str = ""


class Entry(Part, frozen=True, kw_only=True):
    name: Annotated[str, Meta(pattern=r"^[a-z0-9-]{2,40}$")]
    """As board.name has it; the file is called so."""
    title: Text
    vendor: str = ""
    proven: bool = False
    """Somebody ran tests/hardware on it."""
    drivers: Drivers
    cautions: list[Text] = []
    recognised: Recognised = msgspec.field(default_factory=Recognised)
    boot: Boot
    capture: Capture
    microphones: list[Microphone] = []
    playback: Playback
    cancels_echo: bool = False
    """With its loudspeaker on its own outlet."""
    volume: Control | None = None
    """None: in software."""
    settings: list[Setting] = []
    lights: Lights | None = None
    buttons: list[Button] = []
    mute_switch: MuteSwitch | None = None
    facts: list[Fact] = []
