"""`oyez-backend serve` and `oyez-backend device add|list|revoke`.

Exit codes: 0 well, 1 failed, 2 usage, 78 configuration.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from oyez_backend.device_store import Device, DeviceStore, StoreError
from oyez_backend.settings import Settings, SettingsError, load, upstream_key, webhook_secret

if TYPE_CHECKING:
    from oyez_backend.serving import Telephone


def main(argv: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        settings = load(options.config, os.environ)
        store = DeviceStore(options.data or settings.data_path(os.environ), time.time)
        if options.command == "serve":
            return _serve(settings, store, options)
        return _device(store, options)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML (docs/backend.md)")
    places.add_argument("--data", type=Path, metavar="DIR", help="where the devices are kept")
    parser = argparse.ArgumentParser(prog="oyez-backend", description="Hands out Realtime tokens to Oyez devices.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", parents=[places], help="answer the devices")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8700, help="0: any free one")
    device = commands.add_parser("device", help="who may ask for tokens")
    orders = device.add_subparsers(dest="order", required=True)
    orders.add_parser("add", parents=[places], help="print a new device's key, once").add_argument("name")
    orders.add_parser("list", parents=[places], help="all devices, the revoked too")
    orders.add_parser("revoke", parents=[places], help="refuse a device's key from now on").add_argument("name")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _serve(settings: Settings, store: DeviceStore, options: argparse.Namespace) -> int:
    # Only the server needs uvicorn, and `device` should answer at once on a small board.
    from oyez_backend.serving import ServeError, serve

    key = upstream_key(settings, os.environ)
    if not store.devices():
        print(
            "no device is known yet: make a key for one with `oyez-backend device add NAME` (same --data)",
            file=sys.stderr,
        )
    telephone = _telephone(settings, options.data or settings.data_path(os.environ))
    try:
        serve(settings, key, store, options.host, options.port, telephone)
    except ServeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _telephone(settings: Settings, data: Path) -> "Telephone | None":
    """None: no [calls]. Raises SettingsError, StoreError."""
    if settings.calls is None:
        return None
    from oyez_backend.call_book import CallBook
    from oyez_backend.call_tools import ToolsError, load
    from oyez_backend.serving import Telephone

    try:
        registry = load(settings.calls.tools)
    except ToolsError as error:
        raise SettingsError(f"[calls] {error}") from None
    return Telephone(webhook_secret(settings.calls, os.environ), registry, CallBook(data))


def _device(store: DeviceStore, options: argparse.Namespace) -> int:
    if options.order == "add":
        key = store.add(options.name)
        print(f"The key of {options.name}, shown this once: install it on the device.", file=sys.stderr)
        print(key.reveal())
    elif options.order == "revoke":
        device = store.revoke(options.name)
        print(f"{device.name} ({device.id}) gets no more tokens; one that it holds lives until it expires.")
    else:
        for device in store.devices():
            print(_row(device))
    return 0


def _row(device: Device) -> str:
    state = "live" if device.revoked_at is None else f"revoked {_day(device.revoked_at)}"
    return f"{device.id}  {device.name:<24}  added {_day(device.added_at)}  {state}"


def _day(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    sys.exit(main())
