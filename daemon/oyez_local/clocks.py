"""A time of day as people say it and recognisers write it: "half past seven", "7:30 pm", "seven oh five". Pure."""

import re

# fmt: off
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
NUMBERS = {word: value for value, word in enumerate(ONES)} | {"oh": 0, "o": 0, "quarter": 15, "half": 30}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
WHOLE = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}

MORNING = r"a ?m|in the morning|tomorrow morning|this morning"
EVENING = (
    r"p ?m|in the afternoon|in the evening|this afternoon|this evening|at night|tonight|tomorrow (?:afternoon|evening)"
)
PART = re.compile(rf"\s*\b(?:(?P<am>{MORNING})|(?P<pm>{EVENING})|tomorrow|today|sharp)$")
TO_OR_PAST = re.compile(r"(.+?)(?: minutes?)? (past|to|after|before) (.+)")


def time_of_day(text: str) -> str | None:
    """`HH:MM`, 24 hours; None: that is no time of day. Without "pm" or the like it is as a 24-hour clock tells it."""
    words = re.sub(r"\s+", " ", re.sub(r"[.,](?!\d)|-", " ", text.lower())).strip()
    part = PART.search(words)
    if part:
        words = words[: part.start()]
    words = re.sub(r" ?o'? ?clock$", "", words).strip()
    if words in WHOLE:
        return WHOLE[words]
    clock = _clock(words)
    if clock is None:
        return None
    hour, minute = clock
    if part and (part["am"] or part["pm"]) and 1 <= hour <= 12:
        hour = hour % 12 + (12 if part["pm"] else 0)
    return f"{hour % 24:02d}:{minute:02d}" if hour <= 24 and minute < 60 else None


def _clock(words: str) -> tuple[int, int] | None:
    beside = TO_OR_PAST.fullmatch(words)
    if beside:
        minute, hour = _number(beside[1].removeprefix("a ")), _number(beside[3])
        if minute is None or hour is None or minute >= 60:
            return None
        return (hour, minute) if beside[2] in ("past", "after") else ((hour - 1) % 24, 60 - minute)
    figures = re.fullmatch(r"(\d{1,2})(?:[:. h](\d{2}))?", words) or re.fullmatch(r"(\d{1,2})(\d{2})", words)
    if figures:
        return int(figures[1]), int(figures[2] or 0)
    first, *rest = words.split(" ") or [""]
    hour = _number(f"{first} {rest[0]}") if first == "twenty" and rest and NUMBERS.get(rest[0], 99) < 4 else None
    after = rest[1:] if hour is not None else rest
    hour = _number(first) if hour is None else hour
    minute = _number(" ".join(after)) if after else 0
    return None if hour is None or minute is None else (hour, minute)


def _number(words: str) -> int | None:
    """0 to 59, in figures or in words."""
    if re.fullmatch(r"\d{1,2}", words):
        return int(words)
    total, seen = 0, ""
    for word in words.split():
        if word in TENS and not seen:
            total, seen = TENS[word], "tens"
        elif word in NUMBERS and (seen in ("", "zero") or (seen == "tens" and 0 < NUMBERS[word] < 10)):
            total, seen = total + NUMBERS[word], "zero" if NUMBERS[word] == 0 and not seen else "ones"
        else:
            return None
    return total if seen else None
