"""Home Assistant as a process: a fresh one with an owner and a broker, which can be ended and started again."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.doubles.processes import Process, free_port
from tests.peers.environments import ROOT
from tests.peers.home_assistant import debian_root, onboarding
from tests.peers.home_assistant.api import Api
from tests.peers.home_assistant.install import HOME_ASSISTANT, VENV, root_of

EXAMPLE = ROOT / "docs" / "examples" / "home-assistant.yaml"
"""What the documentation tells people to write: read by this Home Assistant as a package of its configuration."""
CONFIGURATION = """
homeassistant:
  name: Test home
  unit_system: metric
  time_zone: UTC
  country: DE
  currency: EUR
  latitude: 52.5
  longitude: 13.4
  internal_url: http://127.0.0.1:{port}
  external_url: http://127.0.0.1:{port}
  packages:
    oyez: !include oyez.yaml
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
websocket_api:
config:
frontend:
conversation:
system_log:
  max_entries: 500
  fire_event: true
logger:
  default: warning
input_boolean:
  lamp:
    name: Lamp switch
template:
  - light:
      - name: Reading lamp
        unique_id: reading_lamp
        state: "{{{{ is_state('input_boolean.lamp', 'on') }}}}"
        turn_on:
          - action: input_boolean.turn_on
            target: {{entity_id: input_boolean.lamp}}
        turn_off:
          - action: input_boolean.turn_off
            target: {{entity_id: input_boolean.lamp}}
"""
CONFIG = "/srv/config"
LOG = "home-assistant.log"


class HomeAssistant:
    """folder: its configuration, and its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        hass = [f"{VENV}/bin/hass", "--config", CONFIG, "--log-file", f"{CONFIG}/{LOG}", "--skip-pip"]
        names = {"PATH": f"{VENV}/bin:/usr/bin:/bin", "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
        root = root_of(HOME_ASSISTANT)
        self._process = Process(debian_root.inside(root, hass, folders={folder: CONFIG}, environment=names))
        self.api = Api(self.url, "")
        """Of its owner, once there is one."""
        self.voice = self.api
        """Of a user without an administrator's rights."""

    def write_configuration(self) -> None:
        (self.folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.url.rsplit(":", 1)[1]))
        (self.folder / "oyez.yaml").write_text(EXAMPLE.read_text())
        (self.folder / ".storage").mkdir()
        (self.folder / ".storage" / "onboarding").write_text(json.dumps(onboarding.ONBOARDING))

    async def first_start(self, broker_port: int) -> None:
        self.write_configuration()
        await self._process.start()
        await onboarding.listening(self.url)
        self.api = await onboarding.own(self.url)
        self.voice = await onboarding.resident(self.api)
        await onboarding.keep_address(self.api)
        await onboarding.started(self.api)
        await onboarding.add_broker(self.api, broker_port)
        await onboarding.add(self.api, "mcp_server", {"llm_hass_api": ["assist"]})
        await onboarding.connected(self.api)

    async def end(self) -> None:
        """As a person's restart does it: it says goodbye to the broker."""
        await self._process.terminate(timeout_s=60.0)

    async def start(self) -> None:
        await self._process.start()
        await onboarding.listening(self.url)
        await onboarding.started(self.api)
        await onboarding.connected(self.api)

    async def kill(self) -> None:
        await self._process.kill()

    def log(self) -> list[str]:
        """Its lines, all of them warnings or worse."""
        return (self.folder / LOG).read_text().splitlines()


@asynccontextmanager
async def home_assistant(folder: Path, broker_port: int) -> AsyncIterator[HomeAssistant]:
    """Owned, started, connected to the broker. folder: empty."""
    running = HomeAssistant(folder)
    try:
        await running.first_start(broker_port)
        yield running
    finally:
        await running.kill()
