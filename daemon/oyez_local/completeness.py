"""Whether a sentence sounds finished, and how long to wait for its rest: the rule behind semantic_vad. Pure.

Three verdicts. *Finished*: a wish that is understood, a question mark, or enough words with a verb among them.
*Trailing*: it ends in a word that wants another one ("and", "the", "um") or in a comma. *Unsure*: everything else.
"""

import re
from typing import Literal, TypeAlias

from oyez_local.phrases import understand
from oyez_local.turns import LONGEST_WAIT_MS, Eagerness

Verdict: TypeAlias = Literal["finished", "unsure", "trailing"]

SHARE: dict[Verdict, float] = {"finished": 0.125, "unsure": 0.4, "trailing": 1.0}
"""Of the longest wait that the eagerness allows."""

# fmt: off
WANT_MORE = frozenset((
    "a", "an", "the", "and", "or", "but", "so", "because", "if", "then", "that", "which", "while", "when", "than", "as",
    "to", "of", "in", "at", "for", "from", "with", "by", "about", "into", "my", "your", "his", "her", "our", "their",
    "its", "this", "these", "those", "some", "any", "every", "is", "are", "was", "were", "be", "will", "would", "can",
    "could", "should", "must",
    "um", "uh", "uhm", "er", "erm", "hmm", "mm", "also", "very", "i", "we", "i'm", "it's", "let's",
    "set", "tell", "turn", "put",
))
WHOLE_ALONE = frozenset((
    "yes", "no", "yeah", "nope", "okay", "ok", "stop", "thanks", "hello", "hi", "bye", "goodbye", "sure", "never",
    "cancel", "help", "pause", "continue", "right", "correct", "exactly", "quiet", "enough", "louder", "quieter",
))
VERBS = frozenset((
    "is", "are", "was", "were", "am", "be", "been", "do", "does", "did", "have", "has", "had", "can", "could", "will",
    "would", "should", "may", "might", "must", "make", "made", "go", "goes", "went", "get", "got", "give", "take",
    "tell", "say", "said", "ask", "know", "think", "want", "need", "like", "love", "see", "look", "find", "show",
    "play", "start", "stop", "open", "close", "turn", "switch", "set", "put", "call", "send", "read", "write", "count",
    "remember", "forget", "remind", "add", "remove", "change", "keep", "let", "help", "try", "work", "come", "came",
    "feel", "live", "lives", "lived", "eat", "cook", "buy", "wake", "sleep", "happen", "mean", "means", "use", "wait",
    "i'm", "it's", "that's", "there's", "what's", "who's", "where's", "don't", "isn't", "can't", "won't", "didn't",
))
# fmt: on
FEWEST_WORDS = 3


def verdict(text: str) -> Verdict:
    """text: what was recognised so far; its punctuation is believed only where it asks or breaks off."""
    words = re.findall(r"[\w']+", text.lower().replace("’", "'"))
    if not words:
        return "unsure"
    end = text.rstrip()
    if end.endswith((",", "-", "–", "…", "...")):
        return "trailing"
    if words[-1] in WANT_MORE and not end.endswith("?"):
        return "trailing"
    if understand(text) or end.endswith("?") or (len(words) == 1 and words[0] in WHOLE_ALONE):
        return "finished"
    return "finished" if len(words) >= FEWEST_WORDS and VERBS.intersection(words) else "unsure"


def wait_ms(text: str, eagerness: Eagerness) -> int:
    """How much silence ends a turn in which this was said: an eighth of the longest wait when it is finished."""
    return round(LONGEST_WAIT_MS[eagerness] * SHARE[verdict(text)])
