"""Configuration, state folder, version, wake words and money judged. Pure."""

from collections.abc import Iterator

from oyez.doctor.facts import MoneyFacts, SettingsFacts, StateFacts, VersionFacts, WordsFacts
from oyez_hw.doctor.finding import Finding, from_sentence

FULL_MB, NEARLY_FULL_MB = 20, 200
NEARLY_FULL_PERCENT = 3.0
"""Our choices: an update wants some 150 MB, the locker 20."""


def judge_settings(facts: SettingsFacts) -> Iterator[Finding]:
    for mistake in facts.mistakes:
        yield Finding(
            "config",
            "trouble",
            mistake,
            "The daemon does not start with it (exit code 78).",
            "Correct it, look with `oyez check-config`, then `sudo systemctl restart oyez`.",
        )
    for caution in facts.cautions:
        meaning = "The configuration allows it, and it is hardly what you want."
        yield from_sentence("config_caution", "caution", caution, meaning)


def judge_state(facts: StateFacts) -> Iterator[Finding]:
    if facts.failed:
        yield Finding(
            "state_not_writable",
            "trouble",
            f"Nothing can be written to the state folder {facts.folder} ({facts.failed}).",
            "Mute, volume, timers, what was learned and what was spent are forgotten at each restart.",
            "Under systemd keep `StateDirectory=oyez`; else give the folder to the user who runs oyez, and see whether "
            "the card is full or read-only.",
        )
    if facts.free_mb is None or facts.free_percent is None:
        return
    if facts.free_mb < NEARLY_FULL_MB or facts.free_percent < NEARLY_FULL_PERCENT:
        yield Finding(
            "disk_full",
            "trouble" if facts.free_mb < FULL_MB else "caution",
            f"The file system of {facts.folder} is nearly full: {facts.free_mb} MB ({facts.free_percent:.0f} %) free.",
            "Soon nothing can be kept, and no update can be installed.",
            "Find what is large with `sudo du -xh / | sort -h | tail`; `sudo journalctl --vacuum-size=50M` frees logs.",
        )


def judge_version(facts: VersionFacts) -> Iterator[Finding]:
    if facts.gone_back:
        yield Finding(
            "update_gone_back",
            "caution",
            facts.gone_back,
            "The device is as it was before the update.",
            "Wait for the next version; `oyez-system update install` tries this one again.",
        )
    if facts.latest != facts.installed:
        yield Finding(
            "old_version",
            "advice",
            f"Version {facts.latest} is out, and {facts.installed} is installed.",
            "What is wrong here may be mended there.",
            "Install it: in Home Assistant by the device's update, or as you installed this one.",
        )


def judge_words(facts: WordsFacts) -> Iterator[Finding]:
    for mistake in facts.mistakes:
        yield Finding(
            "wake_model",
            "trouble",
            f"A wake word cannot be listened for: {mistake.rstrip('.')}.",
            "The daemon does not start, or does not hear that word.",
            "Correct `model` in [[hearing.words]] and see that the file is there, or take a word that ships.",
        )


def judge_money(facts: MoneyFacts) -> Iterator[Finding]:
    for name, spent, budget in (("day", facts.day, facts.budget_day), ("month", facts.month, facts.budget_month)):
        if spent >= budget:
            yield Finding(
                "budget_spent",
                "trouble",
                f"The budget of the {name} is used up: {spent:.2f} of {budget:.2f} {facts.currency}.",
                f"The device begins no conversation until the next {name}.",
                f"Wait, or raise money.budget_{name}.",
            )
        elif spent >= facts.warn_at * budget:
            yield Finding(
                "budget_nearly_spent",
                "advice",
                f"{spent / budget:.0%} of the {name}'s budget are used: {spent:.2f} of {budget:.2f} {facts.currency}.",
                "When it is used up no conversation begins.",
                f"Raise money.budget_{name} if it is too little; docs/cost.md says what costs how much.",
            )
