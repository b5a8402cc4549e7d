"""Where the daemon's secrets lie, and what they are: given by systemd, or in a file.

The thin shell that reads them; nothing is cached.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from oyez.config import Home
from oyez.errors import ConfigError
from oyez.secret import Secret

CREDSTORE = Path("/etc/credstore")
"""Where systemd takes the daemon's from. For a person at a terminal, to whom systemd gives nothing."""
CLIENT_KEY = "mqtt_client_key"


def stored(credential: str, store: Path = CREDSTORE) -> Path:
    return store / f"oyez.{credential}"


def place(file: str, credential: str, environ: Mapping[str, str], store: Path | None = None) -> Path | None:
    """$CREDENTIALS_DIRECTORY/credential where systemd loaded one, else the file named in the configuration, else, where
    systemd gave nothing at all, the one in `store` if this user may read it; else None."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    given = Path(folder) / credential if folder else None
    if given is not None and given.exists():
        return given
    if file:
        return Path(file)
    if store is None or folder or not os.access(stored(credential, store), os.R_OK):
        return None
    return stored(credential, store)


def secret(file: str, credential: str, environ: Mapping[str, str], store: Path | None = None) -> Secret | None:
    """What lies at its place(); None: there is none.

    White space around it is not part of it. Raises ConfigError when it is there and cannot be used.
    """
    path = place(file, credential, environ, store)
    if path is None:
        return None
    try:
        value = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError([f"{path}, the {credential}, could not be read ({error.strerror}): mend the file."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}, the {credential}, is not UTF-8 text: write it anew."]) from None
    if not value:
        raise ConfigError([f"{path}, the {credential}, is empty: put the secret into it."])
    return Secret(value)


def with_client_key(home: Home, environ: Mapping[str, str], store: Path | None = None) -> Home:
    """With its key for the broker named, wherever that lies."""
    path = place(home.tls_key_file, CLIENT_KEY, environ, store)
    return home if path is None else msgspec.structs.replace(home, tls_key_file=str(path))
