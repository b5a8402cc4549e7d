"""The table [home]: broker, Home Assistant, and what the house may have of the device."""

from typing import Annotated

from msgspec import Meta

from oyez.addresses import Broker
from oyez.config_section import Clock, Section


class Home(Section, frozen=True, kw_only=True):
    host: Broker = "127.0.0.1"
    """MQTT broker; empty: no home automation."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    username: str = ""
    password_file: str = ""
    """Under systemd: the credential `mqtt_password`."""
    tls: bool = False
    tls_ca_file: str = ""
    discovery: bool = True
    """Announce the device to Home Assistant."""
    discovery_prefix: str = "homeassistant"
    publish_text: bool = False
    """Publish what was heard and said. Off: words of the household stay out of the broker."""
    tls_cert_file: str = ""
    """Client certificate (PEM), for a broker that asks for one; needs `tls`."""
    tls_key_file: str = ""
    """Its private key (PEM, without a password); empty: it stands in the certificate's file. Under systemd: the
    credential `mqtt_client_key`."""
    quiet_from: Clock = ""
    """`22:00`, local time: from then on nothing is said or played that is not urgent; empty: no quiet hours."""
    quiet_until: Clock = ""
    """`07:00`."""
    arbitration: bool = True
    """Where several devices hear one wake word, only the one that heard it best answers."""
    audio_folder: str = ""
    """Sound files that `do/announce` may name; empty: none."""
    announce_from: tuple[str, ...] = ("*",)
    """Hosts that `do/announce` may fetch from, `*` for any part."""
    publish_levels: bool = False
    """Publish level and direction of what is heard, a few times a second, for lights and screens."""
