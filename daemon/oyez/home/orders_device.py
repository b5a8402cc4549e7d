"""Orders that concern the appliance as a whole. Pure."""

from oyez.home.deeds import InstallUpdate
from oyez.home.order_fields import Body, press


def install_update(body: Body, order_id: str | None) -> InstallUpdate:
    press(body)
    return InstallUpdate(order_id)
