"""Orders that concern the appliance as a whole. Pure."""

from oyez.events import BrightnessAsked
from oyez.home.deeds import InstallUpdate
from oyez.home.order_fields import Body, field, no_id, number, press


def install_update(body: Body, order_id: str | None) -> InstallUpdate:
    press(body)
    return InstallUpdate(order_id)


def brightness(body: Body, order_id: str | None) -> BrightnessAsked:
    no_id(order_id)
    return BrightnessAsked(number(body, field(body, "brightness"), 0, 100) / 100)
