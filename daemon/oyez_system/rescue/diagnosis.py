"""Why systemd gave the daemon up, from what it tells of the unit. Pure."""

from collections.abc import Mapping

from oyez.errors import ConfigError, ServiceAway
from oyez_system.rescue.ladder import Failure

ASKED = ("ActiveState", "Result", "ExecMainCode", "ExecMainStatus")
EXITED = "1"
"""Of ExecMainCode (CLD_EXITED): it ended by itself."""
STARTS_TOO_OFTEN = "start-limit-hit"


def told(output: str) -> dict[str, str]:
    """Of `systemctl show`: KEY=VALUE lines."""
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def given_up(unit: Mapping[str, str]) -> bool:
    return unit.get("ActiveState") == "failed"


def failure(unit: Mapping[str, str]) -> Failure:
    if _exit_code(unit) == ConfigError.exit_code:
        return Failure.MISTAKE
    if _exit_code(unit) == 0 and unit.get("Result") in (STARTS_TOO_OFTEN, "success"):
        return Failure.ORDERED
    return Failure.BROKEN


def why(unit: Mapping[str, str], last_words: str) -> str:
    """A clause. last_words: how its last life ended."""
    code = _exit_code(unit)
    if code == ConfigError.exit_code:
        return "its configuration has a mistake (`oyez check-config` names it)"
    if code == ServiceAway.exit_code or code == 1:
        return f"it did not start (exit code {code}): `journalctl -u oyez` says what it misses"
    if unit.get("Result") == "resources":
        return "systemd could not give it what its unit asks for: `journalctl -u oyez` names it"
    if code is not None and 200 <= code <= 245:
        return f"systemd could not start it as its unit asks (exit code {code}): `journalctl -u oyez` names it"
    return f"it was started time and again and did not hold; {last_words}"


def sentence(why: str, done: str) -> str:
    """For MQTT and the journal."""
    return f"Oyez was given up by systemd, because {why}. {done}"


def _exit_code(unit: Mapping[str, str]) -> int | None:
    status = unit.get("ExecMainStatus", "")
    return int(status) if unit.get("ExecMainCode") == EXITED and status.isascii() and status.isdigit() else None
