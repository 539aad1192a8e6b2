"""Which passwords are good enough: long, and not among those that are tried first (NIST SP 800-63B-4, 3.1.1.2).

No composition rules: what they demand is what everybody does, so they make guessing easier.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from zxcvbn import zxcvbn

# Alone, and beside a second factor.
SHORTEST, SHORTEST_WITH_SECOND_FACTOR = 15, 8
# Ten to the power of this many guesses by who tries common passwords, words, names, dates and keyboard rows first.
_FEWEST_GUESSES_LOG10 = 8.0
# What comes later cannot make it weaker, and the work grows with the square of the length.
_JUDGED_CHARACTERS = 64
_SHORTEST_OWN = 4
_PRODUCT = ("daybook", "day book", "todo", "todos", "todolist")
_WORD = re.compile(r"\w{3,}")
_HINT = "Three or four unrelated words make a good one."


@dataclass(frozen=True, slots=True)
class Whose:
    """What a password is compared with."""

    email: str
    display_name: str | None = None


def fault_of(password: str, whose: Whose, *, has_second_factor: bool = False) -> str | None:
    """What is wrong with a password, in a sentence that helps; None if nothing is.

    Takes some milliseconds of CPU, so call it in a thread.
    """
    shortest = SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST
    if len(password) < shortest:
        return f"At least {shortest} characters. {_HINT}"
    if _is_made_of(password, whose):
        return f"The password must not be made of your name or e-mail address. {_HINT}"
    judged = zxcvbn(password[:_JUDGED_CHARACTERS], user_inputs=[*_PRODUCT, *_parts(whose)])
    if float(judged["guesses_log10"]) >= _FEWEST_GUESSES_LOG10:
        return None
    warning = str(judged["feedback"]["warning"]).rstrip(".")
    return f"{warning or 'This would be guessed too soon'}. {_HINT}"


def _is_made_of(password: str, whose: Whose) -> bool:
    """Forwards or backwards, with whatever between the words, and with no more than a year or so beside it."""
    plain = _plain(password)
    for own in map(_plain, (whose.email, whose.email.partition("@")[0], whose.display_name or "")):
        is_there = len(own) >= _SHORTEST_OWN and (own in plain or own[::-1] in plain)
        if is_there and len(plain) - len(own) < SHORTEST_WITH_SECOND_FACTOR:
            return True
    return False


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _parts(whose: Whose) -> Iterable[str]:
    """The address, the name, and the words in them."""
    for text in (whose.email, whose.display_name or ""):
        lowered = text.casefold()
        if lowered:
            yield lowered
            yield lowered.replace(" ", "")
        yield from _WORD.findall(lowered)
