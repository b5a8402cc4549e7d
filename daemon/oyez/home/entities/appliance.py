"""Entities of the appliance itself: troubles, health, version and update. Pure."""

from oyez.home.entities.entity import Entity, Known, attributes, button, measurement, reading, sensor


def entities(root: str, known: Known) -> list[Entity]:
    moment = {"entity_category": "diagnostic", "device_class": "timestamp"}
    warm = {"device_class": "temperature", "suggested_display_precision": 0}
    return [
        Entity("trouble", "sensor", "Trouble", "mdi:alert-circle-outline", _trouble(root)),
        measurement(root, "answer_ms", "Line latency", "mdi:timer-outline", "line.answer_ms", "ms"),
        measurement(root, "temperature", "Temperature", "mdi:thermometer", "device.temperature_c", "°C", **warm),
        Entity(
            "under_voltage", "binary_sensor", "Under-voltage", "mdi:flash-alert", _under_voltage(root),
            needs="device.under_voltage",
        ),
        # Moments and not durations: they are news once, not every minute.
        sensor(root, "booted", "Device started", "mdi:power", "device.booted", **moment),
        sensor(root, "started", "Oyez started", "mdi:restart", "device.started", **moment),
        sensor(
            root, "last_end", "Last end", "mdi:restart-alert", "device.last_end", entity_category="diagnostic",
            value_template="{{ (" + reading("device.last_end.why") + " or 'none')[:255] }}",
            **attributes(root, code="device.last_end.code"),
        ),
        sensor(root, "version", "Version", "mdi:tag-outline", "device.version", entity_category="diagnostic"),
        button(root, "restart", "Restart", "mdi:restart", device_class="restart", entity_category="config"),
        Entity("brightness", "number", "Light brightness", "mdi:led-on", _brightness(root), needs="brightness"),
        Entity("update", "update", "Update", "mdi:package-up", _update(root), needs="update.installed_version"),
    ]  # fmt: skip


def _trouble(root: str) -> dict[str, str]:
    return {
        "entity_category": "diagnostic",
        "state_topic": f"{root}/state",
        "value_template": "{{ value_json.trouble.kind[:255] if value_json.trouble else 'none' }}",
        **attributes(root, sentence="trouble.sentence"),
    }


def _brightness(root: str) -> dict[str, object]:
    """A number and no light: "all lights off" must not take away the sign that the microphone is off."""
    return {
        "entity_category": "config",
        **{"min": 0, "max": 100, "step": 1, "mode": "slider", "unit_of_measurement": "%"},
        "state_topic": f"{root}/state",
        "value_template": "{{ " + reading("brightness") + " }}",
        "command_topic": f"{root}/set/brightness",
    }


def _under_voltage(root: str) -> dict[str, str]:
    return {
        "entity_category": "diagnostic",
        "device_class": "problem",
        "state_topic": f"{root}/state",
        "value_template": "{{ 'ON' if " + reading("device.under_voltage") + " else 'OFF' }}",
    }


def _update(root: str) -> dict[str, str]:
    """The keys under `update` are those that Home Assistant asks for. It refuses all of it for an address that is
    null; a percentage that is null it asks for."""
    update = "{% set update = " + reading("update") + " or {} %}"
    known = "update.items() | rejectattr('1', 'none'), update_percentage=update.get('update_percentage')"
    return {
        "state_topic": f"{root}/state",
        "value_template": update + "{{ dict(" + known + ") | tojson }}",
        "command_topic": f"{root}/do/install_update",
        "payload_install": "PRESS",
    }
