"""Dates and numbers, in digits or in the words of `spelled.toml`: what many words seem to be, and few guesses find."""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Self

# Three numbers with something between them, or eight digits that are a day, a month and a year in some order.
_DAY, _MONTH, _YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19|20)\d\d"
_IN_DIGITS = re.compile(
    r"\d{1,4}[\s./_-]+\d{1,2}[\s./_-]+\d{2,4}"
    rf"|(?<!\d)(?:{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}|{_MONTH}{_DAY}{_YEAR})(?!\d)"
)
_LETTERS = re.compile(r"[^\W\d_]+")
# More than a year or a day.
_LONG_NUMBER = re.compile(r"\d{5,}")
_TWENTY = 20


def is_dated(text: str, *, beside: int) -> bool:
    """A date or some, and fewer than `beside` other characters that nobody would expect there."""
    words, (rest, dates) = _words(), _IN_DIGITS.subn(" ", _plain(text))
    runs = _LETTERS.findall(rest)
    others = [run for run in runs if not words.of_dates.fullmatch(run)]
    others += _LONG_NUMBER.findall(rest)
    named = any(words.names.intersection(words.each.findall(run)) for run in runs if words.of_dates.fullmatch(run))
    return (dates > 0 or named) and sum(map(len, others)) < beside


def in_digits(text: str, *, beside: int) -> str | None:
    """The numbers in digits, if they are in words and there are fewer than `beside` other letters; None if not."""
    words, plain = _words(), _plain(text)
    runs = _LETTERS.findall(plain)
    others = [run for run in runs if not words.of_numbers.fullmatch(run)]
    if len(others) == len(runs) or sum(map(len, others)) >= beside:
        return None
    return "".join(_LETTERS.sub(lambda run: words.counted(run[0]), plain).split())


def _plain(text: str) -> str:
    """Without capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@dataclass(frozen=True)
class _Words:
    names: frozenset[str]
    numbers: Mapping[str, str]
    # One word; nothing but words, with or without something between them.
    each: re.Pattern[str]
    of_dates: re.Pattern[str]
    of_numbers: re.Pattern[str]

    @classmethod
    def of(cls, names: Iterable[str], beside: Iterable[str], numbers: Mapping[str, str]) -> Self:
        of_dates = _any_of({*names, *beside, *numbers})
        # Taken as they come: to try them in every other way would take for ever.
        return cls(
            frozenset(names),
            numbers,
            re.compile(of_dates),
            re.compile(f"(?:{of_dates})++"),
            re.compile(f"(?:{_any_of(numbers)})++"),
        )

    def counted(self, run: str) -> str:
        if not self.of_numbers.fullmatch(run):
            return run
        return re.sub(_any_of(self.numbers), lambda word: self.numbers[word[0]], run)


@functools.cache
def _words() -> _Words:
    text = resources.files(__package__).joinpath("spelled.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)
    names, beside = (
        [word for words in listed[kind].values() for word in _plain(words).split()] for kind in ("names", "beside")
    )
    numbers = {
        word: str(place if place <= _TWENTY else (place - _TWENTY + 2) * 10)
        for words in listed["numbers"].values()
        for place, word in enumerate(_plain(words).split())
    }
    return _Words.of(names, beside, numbers)


def _any_of(words: Iterable[str]) -> str:
    """The longest first, so that none hides another one that it begins."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
