"""Which passwords are good enough: long, and not among those that are tried first (NIST SP 800-63B-4, 3.1.1.2).

No composition rules: what they demand is what everybody does, so they make guessing easier.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from zxcvbn import zxcvbn

from auth_service.accounts import spelled

# Alone, and beside a second factor.
SHORTEST, SHORTEST_WITH_SECOND_FACTOR = 15, 8
# Ten to the power of this many guesses by who tries common passwords, words, names, dates and keyboard rows first.
# Beside a second factor eight characters that nobody can guess are enough, and those are worth as much.
_FEWEST_GUESSES_LOG10, _FEWEST_WITH_SECOND_FACTOR_LOG10 = 10.0, 8.0
# What comes later cannot make it weaker, and the work grows with the square of the length.
_JUDGED_CHARACTERS = 64
_SHORTEST_OWN = 4
_PRODUCT = ("daybook", "day book", "todo", "todos", "todolist")
_WORD = re.compile(r"\w{3,}")
# What is often written for a letter; a one may be an i or an l. Our own lists are read in the same way.
_DRESS = str.maketrans("013456789@$!|+€l", "oieasgtbgasiitei")

_HINT = "Three or four unrelated words make a good one."
TOO_SHORT = f"At least {SHORTEST} characters. {_HINT}"
TOO_SHORT_WITH_SECOND_FACTOR = f"At least {SHORTEST_WITH_SECOND_FACTOR} characters. {_HINT}"
_OWN = f"This is made of your name or your e-mail address. {_HINT}"
_KNOWN = f"This is known: it is among what is tried first. {_HINT}"
_REPEATED = f"Repeating something hardly makes it better. {_HINT}"
_ROW = f"Rows of keys, letters and digits are tried first. {_HINT}"
_DATED = f"Dates are tried first, however they are written. {_HINT}"
_GUESSED = f"This would be guessed too soon. {_HINT}"

# Everything that `fault_of` may say, for those who translate it.
SENTENCES = (TOO_SHORT, TOO_SHORT_WITH_SECOND_FACTOR, _OWN, _KNOWN, _REPEATED, _ROW, _DATED, _GUESSED)
# By what of a password is easiest to guess, as zxcvbn calls it.
_BY_PATTERN = {"repeat": _REPEATED, "sequence": _ROW, "spatial": _ROW}


@dataclass(frozen=True, slots=True)
class Whose:
    """What a password is compared with."""

    email: str
    display_name: str | None = None


def fault_of(password: str, whose: Whose, *, has_second_factor: bool = False) -> str | None:
    """What is wrong with a password, in one of the `SENTENCES`; None if nothing is.

    Takes some milliseconds of CPU, so call it in a thread.
    """
    if len(password) < (SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST):
        return TOO_SHORT_WITH_SECOND_FACTOR if has_second_factor else TOO_SHORT
    plain = _plain(password)
    if _is_made_of(plain, _own(whose)):
        return _OWN
    if _is_made_of(plain, _well_known()):
        return _KNOWN
    if spelled.is_dated(password, beside=SHORTEST_WITH_SECOND_FACTOR):
        return _DATED
    # Digits are no harder to guess for being written in words.
    guessed = spelled.in_digits(password, beside=SHORTEST_WITH_SECOND_FACTOR) or password
    judged = zxcvbn(guessed[:_JUDGED_CHARACTERS], user_inputs=[*_PRODUCT, *_parts(whose)])
    fewest = _FEWEST_WITH_SECOND_FACTOR_LOG10 if has_second_factor else _FEWEST_GUESSES_LOG10
    return None if float(judged["guesses_log10"]) >= fewest else _BY_PATTERN.get(_weakest(judged), _GUESSED)


def _is_made_of(plain: str, known: Iterable[str]) -> bool:
    """Forwards or backwards, with whatever between the words, and with no more than a year or so beside it."""
    rest = plain
    for words in known:
        rest = rest.replace(words, "").replace(words[::-1], "")
    return rest != plain and len(rest) < SHORTEST_WITH_SECOND_FACTOR


def _own(whose: Whose) -> list[str]:
    texts = (whose.email, whose.email.partition("@")[0], whose.display_name or "")
    return [own for own in map(_plain, texts) if len(own) >= _SHORTEST_OWN]


@functools.cache
def _well_known() -> tuple[str, ...]:
    """The longest first, so that none hides another one that it is a part of."""
    listed = resources.files(__package__).joinpath("well_known.txt").read_text(encoding="utf-8").splitlines()
    known = {_plain(line) for line in listed if line and not line.startswith("#")}
    return tuple(sorted(known, key=lambda words: (-len(words), words)))


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold().translate(_DRESS) if character.isalnum())


def _weakest(judged: dict[str, Any]) -> str:
    """The pattern that most of the password follows."""
    sequence = judged["sequence"]
    return max(sequence, key=lambda match: len(match["token"]))["pattern"] if sequence else ""


def _parts(whose: Whose) -> Iterable[str]:
    """The address, the name, and the words in them."""
    for text in (whose.email, whose.display_name or ""):
        lowered = text.casefold()
        if lowered:
            yield lowered
            yield lowered.replace(" ", "")
        yield from _WORD.findall(lowered)
