"""Fractional keys: between any two there is room for a third, so that moving a todo changes no other.

A key is an integer part and a fraction in base 62. The first character says how long the integer part is ("a" two
characters, "b" three … and, for negative ones, "Z" two, "Y" three …), so that keys sort byte by byte.
"""

import secrets
from datetime import UTC, datetime

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PATTERN = r"^[A-Za-z][0-9A-Za-z]*$"
LONGEST = 128

_NEGATIVE_OF_SEVEN_DIGITS = "T"
_INTEGERS = len(DIGITS) ** 7


def before_all(now: datetime) -> str:
    """A key for a new todo: before those made earlier, by this process or another, and without asking any of them.

    It counts down by the millisecond, until the year 2081; three random digits keep those of one millisecond apart.
    """
    milliseconds = int(now.astimezone(UTC).timestamp() * 1000)
    fraction = "".join(secrets.choice(DIGITS) for _ in range(2)) + secrets.choice(DIGITS[1:])
    return _NEGATIVE_OF_SEVEN_DIGITS + _in_base_62(_INTEGERS - 1 - milliseconds, 7) + fraction


def _in_base_62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(DIGITS))
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))
