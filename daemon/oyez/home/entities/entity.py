"""One entity of Home Assistant, as it stands in the device document, and the templates that read its value. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entity:
    key: str
    """Its name in the document. Never given to another platform later: Home Assistant knows it by both."""
    platform: str
    name: str | None
    """Beside the device's name; None: the device itself."""
    icon: str
    settings: dict[str, Any]
    needs: str = ""
    """Place in the state document that must have had a value once, `hearing.erle_db`; empty: it is always there."""


@dataclass(frozen=True, slots=True)
class Known:
    """What decides which entities there are."""

    words: tuple[str, ...] = ()
    """Wake words that may be chosen."""
    currency: str = ""
    texts: bool = False
    """Whether what was heard and said is published."""
    values: frozenset[str] = frozenset()
    """Places in the state document that had a value once."""


def sensor(root: str, key: str, name: str, icon: str, place: str, **more: Any) -> Entity:
    """Shows one value of the state document, and is there as soon as that is."""
    settings = {"state_topic": f"{root}/state", "value_template": "{{ " + reading(place) + " }}", **more}
    return Entity(key, "sensor", name, icon, settings, needs=place)


def measurement(root: str, key: str, name: str, icon: str, place: str, unit: str, **more: Any) -> Entity:
    """A sensor of something that is measured again and again, among the diagnostics."""
    unit_of_it = {"state_class": "measurement", "unit_of_measurement": unit}
    return sensor(root, key, name, icon, place, entity_category="diagnostic", **unit_of_it, **more)


def button(root: str, key: str, name: str, icon: str, **more: Any) -> Entity:
    """Its order has the same name."""
    return Entity(key, "button", name, icon, {"command_topic": f"{root}/do/{key}", "payload_press": "PRESS", **more})


def reading(place: str) -> str:
    """The expression for a value of the state document; none where it, or what it lies in, is not there. A plain
    `value_json.a.b` would fill Home Assistant's log until the first value comes."""
    *outer, last = place.split(".")
    path = "value_json"
    for name in outer:
        path = f"({path}.get('{name}') or {{}})"
    return f"{path}.get('{last}')"


def attributes(root: str, **places: str) -> dict[str, str]:
    """More values of the state document beside a state, which holds 255 characters."""
    pairs = ", ".join(f"'{name}': {reading(place)}" for name, place in places.items())
    return {
        "json_attributes_topic": f"{root}/state",
        "json_attributes_template": "{{ {" + pairs + "} | tojson }}",
    }
