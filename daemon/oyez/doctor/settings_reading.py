"""Configuration, state folder, spending, versions and models, read from files. Waits for nothing."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import msgspec

from oyez.config import Config
from oyez.config_cautions import cautions
from oyez.config_file import load
from oyez.credentials import CREDSTORE, secret, stored, with_client_key
from oyez.doctor.facts import MoneyFacts, SettingsFacts, StateFacts, VersionFacts, WordsFacts
from oyez.errors import ConfigError
from oyez.foreign import read_foreign
from oyez.hearing.wake.bank import WakeBank
from oyez.release import installed_version
from oyez.secret import Secret
from oyez.session.meter import Spending, turned
from oyez.update_file import UpdateFile
from oyez.update_news import OUTCOME_FILE, last_outcome
from oyez_hw.doctor.finding import CannotLook
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot

Space = Callable[[Path], os.statvfs_result]
LARGEST_BYTES = 1 << 16
AS_ROOT = "look as root, `sudo oyez doctor`"


def hidden(path: Path) -> bool:
    """It is there and not for this user's eyes; or it lies in a folder that is not, and nobody can say."""
    try:
        path.stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return not os.access(path, os.R_OK)


def read_settings(path: Path, root: Path, environ: Mapping[str, str]) -> tuple[Config | None, SettingsFacts]:
    """Without a configuration where it is wrong, or may not be read by this user."""
    if hidden(path):
        return None, SettingsFacts(unreadable=f"{path} may not be read by this user: {AS_ROOT}")
    board_away = ""
    try:
        config = load(path, snapshot(root))
    except ConfigError as error:
        return None, SettingsFacts(mistakes=tuple(error.mistakes))
    except HardwareError as error:
        config, board_away = load(path), str(error)
    config = msgspec.structs.replace(config, home=with_client_key(config.home, environ, store(root)))
    return config, SettingsFacts(cautions=tuple(cautions(config)), board_away=board_away)


def store(root: Path) -> Path:
    return root / CREDSTORE.relative_to("/")


def read_secret(root: Path, file: str, credential: str, environ: Mapping[str, str]) -> Secret | None:
    """As the daemon has it. Raises ConfigError, CannotLook: it is not for this user's eyes."""
    path = Path(file) if file else stored(credential, store(root))
    if hidden(path):
        raise CannotLook(f"{path} may not be read by this user: {AS_ROOT}")
    return secret(file, credential, environ, store(root))


def read_state(folder: Path, space: Space = os.statvfs, user: Callable[[], int] = os.geteuid) -> StateFacts:
    """Writes a byte and takes it away again. Raises CannotLook: there is no such folder, or it is not this user's."""
    if hidden(folder):
        raise CannotLook(f"{folder} is another user's: {AS_ROOT}")
    if not folder.exists():
        raise CannotLook(f"there is no state folder {folder} yet; `--state` names another")
    if user() not in (0, folder.stat().st_uid):
        raise CannotLook(f"{folder} is another user's: {AS_ROOT}")
    free_mb = free_percent = None
    try:
        told = space(folder)
        if told.f_blocks:  # /proc and its kin have none
            free_mb = told.f_bavail * told.f_frsize // 1_000_000
            free_percent = round(100 * told.f_bavail / told.f_blocks, 1)
    except OSError:
        pass  # writing will tell
    return StateFacts(folder=str(folder), failed=_why_not_writable(folder), free_mb=free_mb, free_percent=free_percent)


def _why_not_writable(folder: Path) -> str:
    trial = folder / ".doctor"
    try:
        # One that was left there, or a link that the daemon's user laid: root would write where it leads.
        trial.unlink(missing_ok=True)
        with os.fdopen(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(b"\n")
        trial.unlink()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def read_version(run_folder: Path, root: Path) -> VersionFacts:
    update = UpdateFile(run_folder, installed_version()).look()
    last = last_outcome(root / OUTCOME_FILE.relative_to("/"))
    return VersionFacts(
        installed=update.installed_version,
        latest=update.latest_version,
        gone_back="" if last is None or last.result == "promoted" else last.why,
    )


def read_words(config: Config) -> WordsFacts:
    """Loads each model, as the daemon would."""
    try:
        WakeBank(config.hearing)
    except ConfigError as error:
        return WordsFacts(mistakes=tuple(error.mistakes))
    return WordsFacts()


def read_money(config: Config, folder: Path, today: date) -> MoneyFacts:
    """Raises CannotLook: nothing is written down."""
    try:
        kept = msgspec.json.decode(read_foreign(folder / "spending.json", LARGEST_BYTES), type=Spending)
    except FileNotFoundError:
        raise CannotLook("nothing was spent yet, or it was not written down") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotLook(f"spending.json cannot be read ({type(error).__name__})") from None
    spending, money = turned(kept, today), config.money
    return MoneyFacts(
        currency=money.currency,
        day=float(spending.day),
        month=float(spending.month),
        budget_day=money.budget_day,
        budget_month=money.budget_month,
        warn_at=money.warn_at,
    )
