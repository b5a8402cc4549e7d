"""The example that lies on the card, as it is, and as a user would fill it in."""

import re
from pathlib import Path

EXAMPLE = (Path(__file__).parents[4] / "image/oyez.toml").read_text()
OWN = {
    '"Name of your Wi-Fi"': '"Nest"',
    '"Password of your Wi-Fi"': '"correct horse"',
    '"Name of another Wi-Fi"': '"Grandma\'s"',
    '"Password of another Wi-Fi"': '"battery staple"',
    "DoNotUseThisKeyItBelongsToNobody": "exampleexampleexampleexample",
    '"oyez_..._..."': '"oyez_kitchen_0123456789abcdef"',
    '"Password at your broker"': '"rabbit"',
    '"eyJ..."': '"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"',
    "https://tokens.example.org": "http://192.168.1.5:8700",
    "https://updates.example.org/": "https://updates.mine.net/",
}


def filled_in(text: str = EXAMPLE) -> str:
    for example, own in OWN.items():
        text = text.replace(example, own)
    return text


def uncommented(text: str = EXAMPLE) -> str:
    """With every remark taken away that is a setting."""
    text = re.sub(r"^#(?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    return text.replace('name = "auto"', "", 1)
