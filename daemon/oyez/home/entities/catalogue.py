"""All entities of all groups. Pure."""

from oyez.home.entities import appliance, money, sound, talk, timers
from oyez.home.entities.entity import Entity, Known

GROUPS = (talk, sound, timers, money, appliance)


def possible(root: str, known: Known) -> list[Entity]:
    """Whatever this version may announce as it is configured, whether there is a value yet or not."""
    return [entity for group in GROUPS for entity in group.entities(root, known)]


def announced(root: str, known: Known) -> list[Entity]:
    """Without those that have nothing to show."""
    return [entity for entity in possible(root, known) if not entity.needs or entity.needs in known.values]
