"""A setting that is unknown where it stands, and known in another table. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from oyez.mistake import Mistake

SECRETS = {
    "home.password": ("mqtt_password", "home.password_file"),
    "line.device_key": ("device_key", "line.device_key_file"),
    "line.local_key": ("local_key", "line.local_key_file"),
    "home_assistant.token": ("home_assistant_token", "home_assistant.token_file"),
}
"""Of the daemon: no secret stands in its configuration."""


def tables_of(config: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """Those that stand there once."""
    kinds: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(config)}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}


def pointed(mistake: Mistake, tables: Mapping[str, type[msgspec.Struct]]) -> Mistake:
    """With where it belongs, if exactly one other table knows it."""
    table, below, key = mistake.path.partition(".")
    key = key if below else table  # above every heading
    if not mistake.unknown:
        return mistake
    if found := SECRETS.get(mistake.path):
        name, file = found
        return replace(
            mistake, sentence=f"is unknown: it is {name} in [secrets]; without [secrets], {file} names its file."
        )
    homes = [name for name, kind in tables.items() if name != table and key in kind.__struct_fields__]
    if len(homes) != 1:
        return mistake
    return replace(mistake, sentence=f"is unknown here: it belongs below [{homes[0]}].")
