"""Orders that concern the appliance as a whole. Pure."""

from oyez.events import BrightnessAsked
from oyez.home.deeds import FactoryReset, InstallUpdate
from oyez.home.order_fields import Body, Wrong, field, no_id, number, press

CONFIRMED = "erase everything"
"""What must be sent with a factory reset, so that nobody orders one by accident."""


def install_update(body: Body, order_id: str | None) -> InstallUpdate:
    press(body)
    return InstallUpdate(order_id)


def factory_reset(body: Body, order_id: str | None) -> FactoryReset:
    if field(body, "confirm") != CONFIRMED:
        raise Wrong(f'everything on the device would be lost: send "{CONFIRMED}", or that as `confirm`.', order_id)
    return FactoryReset(order_id)


def brightness(body: Body, order_id: str | None) -> BrightnessAsked:
    no_id(order_id)
    return BrightnessAsked(number(body, field(body, "brightness"), 0, 100) / 100)
