"""Entities of timers and alarms. Pure."""

from oyez.home.entities.entity import Entity, Known, attributes, reading, sensor

WHAT = ("set", "due", "heard", "missed", "cancelled")
"""What becomes of a timer."""


def entities(root: str, known: Known) -> list[Entity]:
    due = "{{ " + reading("timers") + "[0].due if " + reading("timers_count") + " else none }}"
    # Home Assistant asks for `event_type`; ours is the same for all, and `what` is what automations wait for.
    event = "{{ dict(value_json, event_type=value_json.what) | tojson }}"
    told = {"event_types": list(WHAT), "state_topic": f"{root}/event/timer", "value_template": event}
    ringing = {
        "state_topic": f"{root}/state",
        "value_template": "{{ 'ON' if " + reading("ringing") + " else 'OFF' }}",
    }
    return [
        sensor(root, "timers", "Timers", "mdi:timer-outline", "timers_count", **attributes(root, timers="timers")),
        sensor(
            root,
            "next_timer",
            "Next timer",
            "mdi:timer-sand",
            "timers_count",
            device_class="timestamp",
            value_template=due,
        ),
        Entity("ringing", "binary_sensor", "Ringing", "mdi:bell-ring", ringing),
        Entity("timer", "event", "Timer", "mdi:timer-alert-outline", told, needs="timers_count"),
    ]
