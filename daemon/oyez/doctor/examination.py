"""The checks of a whole appliance, in the order in which they are made: later ones use what earlier ones met."""

import asyncio
import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from oyez.config import Config
from oyez.credentials import CLIENT_KEY
from oyez.doctor import settings_reading as files
from oyez.doctor.broker_visit import visit
from oyez.doctor.clock_reading import kernel_synchronised, synchronised
from oyez.doctor.daemon_rules import judge_daemon
from oyez.doctor.facts import BackendFacts, BrokerFacts, ClockFacts, DaemonFacts, LatencyFacts, LineFacts, SettingsFacts
from oyez.doctor.line_visit import ask_backend, clock_ahead_s, knock, knock_local, with_timeout
from oyez.doctor.network_rules import judge_clock, judge_latency, judge_names
from oyez.doctor.network_visit import connection_times, endpoint, look_up
from oyez.doctor.services_rules import judge_backend, judge_broker, judge_line, judge_local
from oyez.doctor.settings_rules import judge_money, judge_settings, judge_state, judge_version, judge_words
from oyez.doctor.unit_visit import unit
from oyez.errors import ConfigError
from oyez.release import installed_version
from oyez.secret import Secret
from oyez.session.token import Token
from oyez_hw.boards import BoardSettings
from oyez_hw.doctor.board_checks import HELD, OpenCards, SoundLook, board_checks, cards_of, sound_checks
from oyez_hw.doctor.finding import CannotLook
from oyez_hw.doctor.presence_reading import Wanted
from oyez_hw.doctor.rounds import Check
from oyez_hw.doctor.sound_measuring import Plan

NO_CONFIG = "the configuration is wrong"
SESSION_S = 6.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the doctor looks. All of it may stand for another device's."""

    config_path: Path
    root: Path = Path("/")
    state_folder: Path = Path("/var/lib/oyez")
    run_folder: Path = Path("/run/oyez")
    environ: Mapping[str, str] = field(default_factory=dict)
    audible: bool = True
    now: Callable[[], datetime] = datetime.now
    kernel_synchronised: Callable[[], bool | None] = kernel_synchronised
    space: files.Space = os.statvfs
    cards: Callable[[BoardSettings], OpenCards] = cards_of
    card_clock: Callable[[], float] = time.monotonic
    """The one that stamps the cards' frames."""


class Examination:
    """Builds the checks, and keeps what they meet."""

    def __init__(self, where: Surroundings, on_progress: Callable[[float], None] = lambda share: None) -> None:
        self._where, self._on_progress = where, on_progress
        self._config, self._settings = files.read_settings(where.config_path, where.root, where.environ)
        self._state: dict[str, Any] | None = None
        self._daemon = "unknown"
        self._token: Token | None = None
        self.times_ms: tuple[float, ...] = ()
        self.sound: SoundLook | None = None
        self.secrets: set[str] = set()
        """All that was read, so that it can be hidden."""

    @property
    def config(self) -> Config | None:
        """None: it is wrong."""
        return self._config

    @property
    def words(self) -> set[str]:
        """What was said here, as far as the daemon tells: it has no business in a report."""
        told = [(self._state or {}).get(key) for key in ("last_heard", "last_said")]
        return {words for words in told if isinstance(words, str) and words}

    def checks(self) -> list[Check[Any]]:
        where = self._where
        return [
            Check("settings", "Configuration", self._look_at_settings, judge_settings),
            Check("state", "State folder", self._look_at_state, judge_state),
            Check("version", "Version", self._look_at_version, judge_version),
            Check("words", "Wake words", self._look_at_words, judge_words, 30.0),
            Check("money", "Budget", self._look_at_money, judge_money),
            *board_checks(where.root, wanted=self._wanted()),
            Check("names", "Name server", self._look_up, judge_names, 40.0, figures=_of_lookups),
            Check("broker", "MQTT broker", self._call_on_broker, judge_broker, 25.0),
            Check("daemon", "The running daemon", self._ask_daemon, judge_daemon, figures=_of_daemon),
            Check("backend", "Backend", self._ask_backend, judge_backend, 15.0),
            Check("clock", "Clock", self._look_at_clock, judge_clock),
            Check("latency", "Latency", self._measure_latency, judge_latency, 45.0),
            Check("line", "Realtime service", self._knock, judge_line, 3 * SESSION_S),
            Check("local", "Local server", self._knock_locally, judge_local, 3 * SESSION_S),
            *self._sound_checks(),
        ]

    def _wanted(self) -> Wanted:
        if self._config is None:
            return Wanted()
        board = self._config.board
        return Wanted(board.name, board.capture_device, self._settings.board_away)

    def _known(self) -> Config:
        if self._config is None:
            raise CannotLook(self._settings.unreadable or NO_CONFIG)
        return self._config

    def _secret(self, file: str, credential: str) -> Secret | None:
        """Raises ConfigError."""
        found = files.read_secret(self._where.root, file, credential, self._where.environ)
        if found is not None:
            self.secrets.add(found.reveal())
        return found

    async def _look_at_settings(self) -> SettingsFacts:
        if self._settings.unreadable:
            raise CannotLook(self._settings.unreadable)
        return self._settings

    async def _look_at_state(self) -> Any:
        return files.read_state(self._where.state_folder, self._where.space)

    async def _look_at_version(self) -> Any:
        return files.read_version(self._where.run_folder, self._where.root)

    async def _look_at_words(self) -> Any:
        return await asyncio.to_thread(files.read_words, self._known())

    async def _look_at_money(self) -> Any:
        today: date = self._where.now().date()
        return files.read_money(self._known(), self._where.state_folder, today)

    async def _look_up(self) -> Any:
        line, home = self._known().line, self._known().home
        found = {"the backend": endpoint(line.backend_url), "the service": endpoint(line.realtime_url)}
        names = {who: place[0] for who, place in found.items() if place is not None}
        return await look_up({**names, **({"the broker": home.host} if home.host else {})})

    async def _call_on_broker(self) -> BrokerFacts:
        config = self._known()
        if not config.home.host:
            raise CannotLook("home.host is empty: there is no home automation")
        try:
            password = self._secret(config.home.password_file, "mqtt_password")
            if config.home.tls_cert_file:
                self._secret(config.home.tls_key_file, CLIENT_KEY)
        except ConfigError as error:
            return BrokerFacts(away=str(error))
        facts, self._state = await visit(config.home, config.device, password)
        self._daemon = facts.daemon
        return facts

    async def _ask_daemon(self) -> DaemonFacts:
        told = await unit(self._where.root)
        if self._state is None and told is None:
            raise CannotLook("it does not run, or the broker does not know of it")
        up_s = None
        device = (self._state or {}).get("device")
        started = device.get("started") if isinstance(device, dict) else None
        if isinstance(started, str):
            up_s = max(0.0, self._where.now().timestamp() - _unix_s(started))
        return DaemonFacts(unit=told, state=self._state, installed=installed_version(), up_s=up_s)

    async def _ask_backend(self) -> BackendFacts:
        line = self._known().line
        try:
            key = self._secret(line.device_key_file, "device_key")
        except ConfigError as error:
            return BackendFacts(kind="no_key", trouble=str(error))
        facts, self._token = await ask_backend(with_timeout(line, SESSION_S), key)
        if self._token is not None:
            self.secrets.add(self._token.value)
        return facts

    async def _look_at_clock(self) -> ClockFacts:
        ahead_s = None if self._token is None else clock_ahead_s(self._token, self._where.now().timestamp())
        return ClockFacts(synchronised=synchronised(self._where.root, self._where.kernel_synchronised), ahead_s=ahead_s)

    async def _measure_latency(self) -> LatencyFacts:
        line = self._known().line
        url = line.realtime_url or (self._token.realtime_url if self._token is not None else "")
        place = endpoint(url)
        if place is None:
            raise CannotLook("without a token nobody knows where the service is")
        facts = await connection_times("the service", *place)
        self.times_ms = facts.times_ms
        if not facts.times_ms:
            raise CannotLook("the service takes no connection")
        return facts

    async def _knock(self) -> LineFacts:
        line = self._known().line
        if self._token is None:
            raise CannotLook("there is no token")
        return await knock(with_timeout(line, SESSION_S), self._token)

    async def _knock_locally(self) -> LineFacts:
        line = self._known().line
        if not line.local_url:
            raise CannotLook("line.local_url is empty: there is none")
        try:
            key = self._secret(line.local_key_file, "local_key")
            tls = ssl.create_default_context(cafile=line.local_ca_file) if line.local_ca_file else None
        except ConfigError as error:
            return LineFacts(kind="refused", trouble=str(error))
        except OSError as error:
            return LineFacts(kind="refused", trouble=f"line.local_ca_file cannot be used ({error}): name a PEM.")
        return await knock_local(with_timeout(line, SESSION_S), key, tls)

    def _sound_checks(self) -> list[Check[Any]]:
        if self._config is None:
            return []
        board = self._config.board
        settings = BoardSettings(**{name: getattr(board, name) for name in BoardSettings.__dataclass_fields__})
        places = tuple((place.channel, place.x_mm, place.y_mm) for place in board.microphones)
        plan = Plan(board.name, settings.capture_format, places, tuple(board.reference_channels), self._where.audible)
        self.sound = SoundLook(
            plan,
            self._where.cards(settings),
            self._where.root,
            self._on_progress,
            device="" if board.name == "simulated" else board.capture_device,
            why_not=self._why_not_listen,
            clock=self._where.card_clock,
        )
        return sound_checks(self.sound, settings, board.name != "simulated")

    def _why_not_listen(self) -> str:
        """The daemon's card is not taken from it; what it tells of its hearing was judged before."""
        if self._settings.board_away:
            return "there is no board yet"
        return HELD if self._daemon == "online" else ""


def _unix_s(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return time.time()


def _of_lookups(lookups: Any) -> dict[str, Any]:
    return {lookup.who: lookup.failed or lookup.took_s for lookup in lookups}


SHOWN = ("state", "muted", "volume", "wake_words", "sensitivity", "budget", "hearing", "device", "line", "update")
"""Keys of the state document that tell of the device and not of those who live with it."""


def _of_daemon(facts: DaemonFacts) -> dict[str, Any]:
    state = {key: value for key, value in (facts.state or {}).items() if key in SHOWN}
    told = {} if facts.unit is None else {"unit": facts.unit.active, "restarts": facts.unit.restarts}
    return {**told, **state}
