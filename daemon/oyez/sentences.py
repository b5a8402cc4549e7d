"""The sentences that the device can say by itself, and which of them may wake somebody. Pure.

Their words stand in `image/spoken.toml`, their sounds in `/usr/share/oyez/spoken/NAME.wav`.
"""

URGENT = frozenset({"reset_in_ten_seconds", "reset_cancelled", "reset_now", "mistake_in_file"})
"""Somebody stands before the device and waits for them."""
NAMES = (
    frozenset(
        {
            "no_network",
            "no_wifi_password",
            "no_backend",
            "no_key",
            "no_sound_card",
            "not_set_up",
            "ready",
            "updated",
            "gone_back",
            "needs_help",
            "storage_failed",
        }
    )
    | URGENT
)
