"""The board's facts judged. Pure. Where a bound is our own choice, its comment says so."""

from collections.abc import Iterator

from oyez_hw.doctor.board_facts import Flash, HeatFacts, LoadFacts, PowerFacts, StorageFacts, WirelessFacts
from oyez_hw.doctor.finding import Finding

# Bits of `vcgencmd get_throttled` (Raspberry Pi documentation, "OS software utilities").
CAPPED, THROTTLED, SOFT_LIMIT = 1 << 1, 1 << 2, 1 << 3
WAS_UNDER_VOLTAGE, WAS_CAPPED, WAS_THROTTLED, WAS_SOFT_LIMIT = 1 << 16, 1 << 17, 1 << 18, 1 << 19
HOT_C = 80.0
"""From here on the firmware slows the processor down (Raspberry Pi documentation, "Frequency management")."""
BUSY = 1.5
"""Processes that want to run, a processor: above it sound is late. Our choice."""
LITTLE_MEMORY_MB = 40
"""Our choice: the daemon's largest single wish, a wake word model with its engine, is about that."""
WORN_PERCENT = 80
"""Of an eMMC's life as it reckons it. Our choice: there is time to buy another."""
MUCH_WRITTEN_GB = 8.0
"""A day. Our choice: a good 16 GB card of 500 cycles lasts three years at it; a voice appliance writes a hundredth."""
JUDGED_AFTER_S = 3600.0
"""A boot writes much; what is written a day is reckoned only after an hour."""
WEAK_DBM = -75.0
"""Voice wants -67 dBm or better by the makers' design guides; under -75 dBm packets are sent again and again."""


def judge_power(facts: PowerFacts) -> Iterator[Finding]:
    bits = facts.throttled_bits or 0
    if facts.under_voltage:
        yield Finding(
            "under_voltage",
            "trouble",
            "The board has too little voltage now (under 4.63 V).",
            "The processor is slowed down, USB devices drop out, and the card can be damaged while it writes.",
            "Use the power supply made for this board and a short, thick cable; take power-hungry USB devices off.",
        )
    elif bits & WAS_UNDER_VOLTAGE:
        yield Finding(
            "was_under_voltage",
            "caution",
            "The board had too little voltage at least once since it was switched on.",
            "It will happen again under load, and each time the card may be damaged while it writes.",
            "Use the power supply made for this board and a short, thick cable; take power-hungry USB devices off.",
        )


def judge_heat(facts: HeatFacts) -> Iterator[Finding]:
    bits = facts.throttled_bits or 0
    temperature = "" if facts.temperature_c is None else f" at {facts.temperature_c:.0f} °C"
    hot = facts.temperature_c is not None and facts.temperature_c >= HOT_C
    if hot or bits & SOFT_LIMIT or (bits & (THROTTLED | CAPPED) and not bits & 1):
        yield Finding(
            "throttled",
            "trouble" if hot or bits & THROTTLED else "caution",
            f"The processor is slowed down by heat{temperature}.",
            "Answers come later, and sound may stutter.",
            "Give the board air or a heat sink, and keep it out of the sun and off the amplifier.",
        )
    elif bits & (WAS_SOFT_LIMIT | WAS_THROTTLED | WAS_CAPPED) and not bits & WAS_UNDER_VOLTAGE:
        yield Finding(
            "was_throttled",
            "caution",
            "The processor was slowed down by heat at least once since it was switched on.",
            "On a warm day answers come later, and sound may stutter.",
            "Give the board air or a heat sink.",
        )


def judge_load(facts: LoadFacts) -> Iterator[Finding]:
    if facts.load_5_min is not None and facts.processors and facts.load_5_min > BUSY * facts.processors:
        yield Finding(
            "busy",
            "caution",
            f"The processor is overloaded: {facts.load_5_min:.1f} processes want its {facts.processors} core(s).",
            "Sound is read too late and is lost; answers come late.",
            "See with `top` what else runs here, and stop it or move it to another machine.",
        )
    if facts.memory_free_mb is not None and facts.memory_free_mb < LITTLE_MEMORY_MB:
        yield Finding(
            "little_memory",
            "trouble",
            f"Only {facts.memory_free_mb} MB of memory are left of {facts.memory_mb or 0} MB.",
            "The kernel will end a program, and it may be this one.",
            "See with `top` (key M) what takes it, and stop that; listen for fewer wake words.",
        )


def judge_storage(facts: StorageFacts) -> Iterator[Finding]:
    if facts.read_only:
        yield Finding(
            "read_only",
            "trouble",
            "The card's file system has become read-only.",
            "Nothing is kept any more. It is what the kernel does when a card fails.",
            "Save what matters and replace the card: see `dmesg | grep -i -e ext4 -e mmc` for what it met.",
        )
    if facts.errors:
        yield Finding(
            "file_system_errors",
            "trouble",
            f"The file system has met {facts.errors} error(s).",
            "Files are or will be lost: the card fails, or power was cut while it wrote.",
            "Save what matters, check it (`fsck` from another machine), and replace the card if errors come back.",
        )
    for flash in facts.flash:
        yield from _judge_flash(flash, facts.uptime_s)


def _judge_flash(flash: Flash, uptime_s: float | None) -> Iterator[Finding]:
    if (flash.life_used_percent or 0) >= WORN_PERCENT or (flash.spare_blocks or 0) >= 2:
        used = "" if flash.life_used_percent is None else f", about {flash.life_used_percent} % of its life are used"
        yield Finding(
            "flash_worn",
            "trouble" if flash.spare_blocks == 3 or (flash.life_used_percent or 0) > 100 else "caution",
            f"The flash memory {flash.name} is worn{used}.",
            "It will become read-only or lose files.",
            "Save what matters and replace it soon.",
        )
    if flash.written_gb is None or uptime_s is None or uptime_s < JUDGED_AFTER_S:
        return
    a_day_gb = flash.written_gb / uptime_s * 86_400
    if a_day_gb > MUCH_WRITTEN_GB:
        yield Finding(
            "much_written",
            "caution",
            f"{a_day_gb:.0f} GB a day are written to {flash.name}.",
            "A card of ordinary make is worn out within a year or two.",
            "See with `sudo iotop -ao` what writes; keep logs in memory (`Storage=volatile` in journald.conf).",
        )


def judge_wireless(facts: WirelessFacts) -> Iterator[Finding]:
    if facts.signal_dbm is not None and facts.signal_dbm < WEAK_DBM:
        yield Finding(
            "weak_wifi",
            "caution",
            f"The Wi-Fi signal is weak: {facts.signal_dbm:.0f} dBm.",
            "Answers stutter or come late, and the line may break.",
            "Move the device or the access point, or use a cable; metal cases and USB 3 beside the aerial cost much.",
        )
    if facts.power_save:
        yield Finding(
            "wifi_sleeps",
            "caution",
            "The Wi-Fi chip sleeps between packets (power saving is on).",
            "Each packet may wait 0.1 s and more, so that answers begin late and sometimes stutter.",
            "Switch it off: `sudo nmcli connection modify NAME 802-11-wireless.powersave 2`, then connect anew.",
        )
