"""Arguments put into what the owner wrote: `{name}` is replaced by its value, shaped for the place where it stands.

No value can leave its place, whatever characters it has: not its level of a topic, its segment of a path, its value in
a query, its string in JSON, its line among headers. `{name}` is found once and in what the owner wrote only, never in a
value that was put there; and there are no format strings, so that no value can reach into an object. Pure.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from oyez.home.arguments import ToolRefused, Values

HOLE = re.compile(r"\{([A-Za-z0-9_-]+)\}")
TARGETS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
"""Of a Home Assistant service: whom it is done to. It takes lists with commas there, and the word `all`."""

Shape = Callable[[Any], str]
_LEFT_OUT = object()


def plain(value: Any) -> str:
    """As MQTT devices like it: booleans as ON and OFF."""
    return _worded(value, "ON", "OFF")


def spoken(value: Any) -> str:
    return _worded(value, "on", "off")


def _worded(value: Any, yes: str, no: str) -> str:
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def text(template: str, names: Mapping[str, Any], values: Values, shape: Shape = spoken) -> str:
    """names: of all arguments there may be; one that was left out is nothing."""

    def put(hole: re.Match[str]) -> str:
        name = hole[1]
        if name not in names:
            return hole[0]
        return shape(values[name]) if name in values else ""

    return HOLE.sub(put, template)


# --- MQTT ----------------------------------------------------------------------


def topic(template: str, names: Mapping[str, Any], values: Values) -> str:
    """A value must not climb into other topics (MQTT 5, section 4.7), nor be what brokers refuse (1.5.4)."""
    return text(template, names, values, _level)


def _level(value: Any) -> str:
    level = plain(value).strip().lower().replace(" ", "_")
    if not level or not level.isprintable() or any(character in "/+#$" for character in level):
        raise ToolRefused(f"{level!r} cannot stand in an MQTT topic.")
    return level


def payload(template: str, names: Mapping[str, Any], values: Values) -> str:
    """A payload that is JSON stays the JSON that it is: in its strings a value is text, elsewhere it keeps its type."""
    if not template:
        return json.dumps(dict(values), ensure_ascii=False)
    if not _is_json(_into_json(template, names, lambda name: "x", lambda name: "0")):
        return text(template, names, values, plain)
    return _into_json(
        template,
        names,
        lambda name: _inside(plain(values[name])) if name in values else "",
        lambda name: json.dumps(values.get(name), ensure_ascii=False),
    )


def _is_json(trial: str) -> bool:
    try:
        return isinstance(json.loads(trial), dict | list | str)
    except ValueError:
        return False


def _into_json(
    template: str, names: Mapping[str, Any], within: Callable[[str], str], outside: Callable[[str], str]
) -> str:
    """within, outside: what stands for an argument within a string of the JSON and outside of all."""
    pieces: list[str] = []
    in_string, place = False, 0
    while place < len(template):
        hole = HOLE.match(template, place)
        if hole is not None and hole[1] in names:
            pieces.append(within(hole[1]) if in_string else outside(hole[1]))
            place = hole.end()
            continue
        escaped = in_string and template[place] == "\\"
        step = 2 if escaped else 1
        in_string ^= not escaped and template[place] == '"'
        pieces.append(template[place : place + step])
        place += step
    return "".join(pieces)


def _inside(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


# --- HTTP ----------------------------------------------------------------------


def url(template: str, query: Mapping[str, str], names: Mapping[str, Any], values: Values) -> str:
    """Host, path and query; a pair of the query with an argument that was left out is left out."""
    scheme, _, rest = template.partition("://")
    host, *segments = rest.split("/")
    path = "".join("/" + _segment(segment, names, values) for segment in segments)
    pairs = {
        key: text(value, names, values, _in_url) for key, value in query.items() if _complete(value, names, values)
    }
    return f"{scheme}://{host}{path or '/'}{'?' if pairs else ''}{urlencode(pairs)}"


def _segment(template: str, names: Mapping[str, Any], values: Values) -> str:
    filled = text(template, names, values, lambda value: quote(_in_url(value), safe=""))
    if filled != template and filled in ("", ".", ".."):
        raise ToolRefused(f"{filled!r} cannot stand in an address.")
    return filled


def _in_url(value: Any) -> str:
    return _worded(value, "true", "false")


def headers(templates: Mapping[str, str], names: Mapping[str, Any], values: Values) -> dict[str, str]:
    complete = {name: template for name, template in templates.items() if _complete(template, names, values)}
    return {name: text(template, names, values, _in_header) for name, template in complete.items()}


def _in_header(value: Any) -> str:
    shaped = _in_url(value).strip()
    if not (shaped.isascii() and shaped.isprintable()):
        raise ToolRefused(f"{shaped!r} cannot stand in a header: plain letters only.")
    return shaped


def _complete(template: str, names: Mapping[str, Any], values: Values) -> bool:
    return all(name in values for name in HOLE.findall(template) if name in names)


# --- JSON ----------------------------------------------------------------------


def tree(template: Any, names: Mapping[str, Any], values: Values) -> Any:
    """A whole text `{name}` becomes the value with its type, or nothing where it was left out."""
    if isinstance(template, dict):
        filled = {key: tree(branch, names, values) for key, branch in template.items()}
        return {key: branch for key, branch in filled.items() if branch is not _LEFT_OUT}
    if isinstance(template, list):
        return [branch for one in template if (branch := tree(one, names, values)) is not _LEFT_OUT]
    if not isinstance(template, str):
        return template
    hole = HOLE.fullmatch(template)
    if hole is not None and hole[1] in names:
        return values.get(hole[1], _LEFT_OUT)
    return text(template, names, values)


# --- Home Assistant ----------------------------------------------------------------------


def service(template: str, names: Mapping[str, Any], values: Values) -> tuple[str, str]:
    """Domain and service."""
    domain, _, name = text(template, names, values, object_id).partition(".")
    return domain, name


def service_data(template: Mapping[str, Any], names: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """As `tree`; but a value that says whom it is done to is one name and no list of them, nor the word for all."""
    wished = {key: f"{{{key}}}" for key in values} if not template else dict(template)
    return {
        key: _targets(branch, names, values) if key in TARGETS else filled
        for key, branch in wished.items()
        if (filled := tree(branch, names, values)) is not _LEFT_OUT
    }


def _targets(template: Any, names: Mapping[str, Any], values: Values) -> Any:
    if isinstance(template, list):
        return [_targets(one, names, values) for one in template]
    if not isinstance(template, str):
        return template
    hole = HOLE.fullmatch(template)
    whole = hole is not None and hole[1] in names
    return text(template, names, values, _entity if whole else object_id)


def _entity(value: Any) -> str:
    domain, dot, name = str(value).partition(".")
    named = f"{object_id(domain)}{dot}{object_id(name) if dot else ''}"
    if named in ("all", "none"):
        raise ToolRefused(f"{named!r} is not one thing.")
    return named


def object_id(value: Any) -> str:
    """As Home Assistant makes ids of names: `Küche links` is `kuche_links`."""
    bare = unicodedata.normalize("NFKD", spoken(value).strip().casefold()).replace(" ", "_")
    named = "".join(character for character in bare if not unicodedata.combining(character))
    if not re.fullmatch(r"[a-z0-9_]+", named):
        raise ToolRefused(f"{spoken(value)!r} is no name that Home Assistant could have given.")
    return named
