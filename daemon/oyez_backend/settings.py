"""The backend's configuration: one TOML file, each scalar of its top also by environment as OYEZ_BACKEND_<NAME>."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from oyez_backend.call_settings import CallSettings
from oyez_backend.device_policy import DevicePolicy
from oyez_backend.session_policy import merged, understood
from oyez_realtime.webhooks import SigningSecret, signing_secret

ENVIRONMENT_PREFIX = "OYEZ_BACKEND_"
HttpUrl = Annotated[str, Meta(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]
WebSocketUrl = Annotated[str, Meta(pattern=r"^(wss?://[^\s/?#]+[^\s?#]*)?$")]
DEFAULT_SESSION: Mapping[str, Any] = {"type": "realtime", "model": "gpt-realtime-2.1"}
DEFAULT_TRANSCRIPTION: Mapping[str, Any] = {
    "type": "transcription",
    "audio": {"input": {"transcription": {"model": "gpt-transcribe"}}},
}


class SettingsError(Exception):
    """The keeper's to mend: every mistake with its place, one a line."""

    exit_code = 78


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    upstream_url: HttpUrl = "https://api.openai.com/v1"
    """Base URL of the Realtime service, with its version."""
    upstream_key_file: str = ""
    """File with the long-lived key; empty: the systemd credential `upstream_key`, then OPENAI_API_KEY."""
    upstream_timeout_s: Annotated[float, Meta(gt=0, le=120)] = 15.0
    realtime_url: WebSocketUrl = ""
    """What devices connect to; empty: derived from upstream_url."""
    token_lifetime_s: Annotated[int, Meta(ge=10, le=7200)] = 600
    tokens_per_minute: Annotated[float, Meta(gt=0)] = 12.0
    """For each device, after its burst."""
    tokens_burst: Annotated[int, Meta(ge=1)] = 6
    allowed_models: tuple[str, ...] = ()
    """Models that a device may ask for; empty: any."""
    allowed_transcription_models: tuple[str, ...] = ()
    """The same for what writes down speech in transcription sessions."""
    data_dir: str = ""
    """Where devices.json is kept; empty: systemd's STATE_DIRECTORY, then /var/lib/oyez-backend."""
    session: dict[str, Any] = msgspec.field(default_factory=lambda: dict(DEFAULT_SESSION))
    """Defaults of every conversation, as the Realtime API spells them; a device's wishes go over them."""
    transcription: dict[str, Any] = msgspec.field(default_factory=lambda: dict(DEFAULT_TRANSCRIPTION))
    """The same of every transcription session."""
    devices: dict[str, DevicePolicy] = {}
    """`[devices.NAME]`: what this device may have; one that is not named may have all."""
    calls: CallSettings | None = None
    """`[calls]`; absent: the backend answers no telephone, and its addresses for that do not exist."""

    @property
    def realtime_address(self) -> str:
        """ws(s)://.../realtime, as told to the devices."""
        return self.realtime_url or re.sub(r"^http", "ws", self.upstream_url).rstrip("/") + "/realtime"

    @property
    def sideband_address(self) -> str:
        """ws(s)://.../realtime, where the backend itself joins calls."""
        own = self.calls.sideband_url if self.calls is not None else ""
        return own or re.sub(r"^http", "ws", self.upstream_url).rstrip("/") + "/realtime"

    @property
    def call_session(self) -> dict[str, Any]:
        """Of whoever answers the telephone, without tools."""
        return merged(self.session, self.calls.session) if self.calls is not None else dict(self.session)

    def policy_of(self, device_name: str) -> DevicePolicy:
        return self.devices.get(device_name, DevicePolicy())

    def data_path(self, environ: Mapping[str, str]) -> Path:
        # systemd may name several directories; the first is ours.
        return Path(self.data_dir or environ.get("STATE_DIRECTORY", "").split(":")[0] or "/var/lib/oyez-backend")


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Raises SettingsError."""
    text = ""
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read ({error}); give --config a readable TOML file.") from None
    return parse(text, environ, str(path or "settings"))


def parse(text: str, environ: Mapping[str, str], source: str) -> Settings:
    """Pure. Raises SettingsError that names every mistake, the file's by line and the environment's by variable."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: is no TOML: {error}.") from None
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for name, value in table.items():
        _take(values, mistakes, name, value, f"{source}:{_line_of(text, name)}: {name}", strict=True)
    for variable in sorted(v for v in environ if v.startswith(ENVIRONMENT_PREFIX)):
        name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
        _take(values, mistakes, name, environ[variable], f"environment: {variable}", strict=False)
    values["session"] = {**DEFAULT_SESSION, **values.get("session", {})}
    values["transcription"] = merged(DEFAULT_TRANSCRIPTION, values.get("transcription", {}))
    settings = Settings(**values)
    sessions = {"session": settings.session, "transcription": settings.transcription, "calls": settings.call_session}
    for name, session in sessions.items():
        try:
            if understood(session).__struct_config__.tag != _KINDS[name]:
                raise ValueError(f"its type must be {_KINDS[name]}")
        except ValueError as error:
            mistakes.append(f"{source}:{_line_of(text, name)}: {name}: {error}.")
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


_KINDS = {"session": "realtime", "transcription": "transcription", "calls": "realtime"}


def _take(values: dict[str, Any], mistakes: list[str], name: str, value: Any, place: str, *, strict: bool) -> None:
    types = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    if name not in types:
        near = difflib.get_close_matches(name, types, n=1)
        mistakes.append(f"{place}: unknown setting" + (f"; did you mean {near[0]}?" if near else "."))
        return
    try:
        values[name] = msgspec.convert(value, types[name], strict=strict)
    except msgspec.ValidationError as error:
        mistakes.append(f"{place}: {error}.")


def _line_of(text: str, name: str) -> int:
    """Where a top-level key or table begins; 1 when it is spelt in a way that a search cannot see."""
    found = re.search(rf"^\s*(?:\[\[?\s*)?[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1


def upstream_key(settings: Settings, environ: Mapping[str, str]) -> str:
    """The long-lived key, stripped. Raises SettingsError when there is none; its message never holds the key."""
    source, key = _secret(settings.upstream_key_file, "upstream_key", "OPENAI_API_KEY", environ)
    if not key:
        raise SettingsError(
            f"{source}: holds no key of the Realtime service, so no token can be minted: set OPENAI_API_KEY, "
            "or upstream_key_file to a file that holds it."
        )
    if not re.fullmatch(r"[!-~]+", key):
        raise SettingsError(f"{source}: the upstream key has blanks or odd characters inside: copy it again.")
    return key


def webhook_secret(calls: CallSettings, environ: Mapping[str, str]) -> SigningSecret:
    """What incoming calls are signed with. Raises SettingsError when there is none; it never holds the secret."""
    source, secret = _secret(calls.webhook_secret_file, "webhook_secret", "OPENAI_WEBHOOK_SECRET", environ)
    if not secret:
        raise SettingsError(
            f"{source}: holds no webhook secret, so nobody's call could be believed: set OPENAI_WEBHOOK_SECRET, "
            "or webhook_secret_file in [calls] to a file that holds it, or take [calls] out."
        )
    try:
        return signing_secret(secret)
    except ValueError as error:
        raise SettingsError(f"{source}: {error}.") from None


def _secret(file: str, credential: str, variable: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Where it was looked for and what was there, stripped: a file, else a systemd credential, else the environment."""
    mounted = Path(environ.get("CREDENTIALS_DIRECTORY", "")) / credential
    path = Path(file) if file else mounted if "CREDENTIALS_DIRECTORY" in environ and mounted.exists() else None
    if path is None:
        return variable, environ.get(variable, "").strip()
    try:
        return str(path), path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not plain text"
        raise SettingsError(f"{path}: the {credential.replace('_', ' ')} cannot be read ({reason}).") from None
