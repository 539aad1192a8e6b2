"""Fractional keys: between any two there is room for a third, so that moving a todo changes no other.

A key is an integer part and a fraction in base 62. The first character says how long the integer part is ("a" two
characters, "b" three … and, for negative ones, "Z" two, "Y" three …), so that keys sort byte by byte. Clients may make
keys of their own: whatever begins with a letter is one, as long as it sorts.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PATTERN = r"^[A-Za-z][0-9A-Za-z]*$"
LONGEST = 128
# Moving to the same place again and again adds a character every six times. From here on others make room: `plan`.
LONG = 48

_FIRST, _LAST = DIGITS[0], DIGITS[-1]
_BASE = len(DIGITS)
_NEGATIVE_OF_SEVEN_DIGITS = "T"
_INTEGERS = _BASE**7
_SMALLEST_WINDOW = 16


class NoRoomError(Exception):
    """The two keys are the same, or nothing sorts between them."""


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
        number, digit = divmod(number, _BASE)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


def counted(number: int) -> str:
    """A key for the so-many-th of a list that is new as a whole; up to 14 million of them."""
    return "d" + _in_base_62(number, 4)


def between(before: str | None, after: str | None) -> str:
    """A key after the one and before the other; None is the beginning or the end of the list."""
    found = _between(before, after)
    if (before is not None and found <= before) or (after is not None and found >= after):
        raise NoRoomError
    return found


def spread(before: str | None, after: str | None, count: int) -> list[str]:
    """So many keys in order between the two, none longer than it must be."""
    if count == 0:
        return []
    if after is None or before is None:
        return _in_a_row(before, after, count)
    middle = between(before, after)
    return [*spread(before, middle, count // 2), middle, *spread(middle, after, count - count // 2 - 1)]


def _in_a_row(before: str | None, after: str | None, count: int) -> list[str]:
    """Towards the open end there are integers enough."""
    found: list[str] = []
    for _ in range(count):
        found.append(
            between(found[-1] if found else before, None) if after is None else between(None, (found or [after])[-1])
        )
    return found if after is None else found[::-1]


def plan(before: Sequence[str], following: Sequence[str], size: int) -> list[str] | None:
    """New keys for `size` neighbours of a place where keys have become long; None if it takes more of them.

    `before` are the keys before that place and `following` those after it, the nearest first, one more of each than
    get a new one: the last of them is where the others must fit. The larger the window, the shorter its keys must
    become, so that a place where everything is moved to needs a larger one the more seldom.
    """
    half = size // 2
    lower = before[half] if len(before) > half else None
    upper = following[half] if len(following) > half else None
    count = min(len(before), half) + min(len(following), half)
    try:
        found = spread(lower, upper, count)
    except NoRoomError:
        return None
    is_whole = lower is None and upper is None
    return found if is_whole or max(map(len, found)) <= _allowed(size) else None


def windows(most: int) -> list[int]:
    """How many neighbours to try, and how many then; the last one is the whole list."""
    sizes = [_SMALLEST_WINDOW]
    while sizes[-1] < 2 * most:
        sizes.append(sizes[-1] * 2)
    return sizes


def _allowed(size: int) -> int:
    return max(LONG - 4 * (size // _SMALLEST_WINDOW).bit_length() - 4, 8)


def _between(before: str | None, after: str | None) -> str:
    if before is None:
        return "a" + _FIRST if after is None else _below(after)
    if after is None:
        return _above(before)
    (low, low_fraction), (high, high_fraction) = _parts(before), _parts(after)
    if low == high:
        return low + _middle(low_fraction, high_fraction)
    following = _next(low)
    return following if following is not None and following < after else low + _middle(low_fraction, None)


def _below(after: str) -> str:
    integer, fraction = _parts(after)
    if integer < after:
        return integer
    previous = _previous(integer)
    return previous if previous is not None else integer + _middle("", fraction)


def _above(before: str) -> str:
    integer, fraction = _parts(before)
    following = _next(integer)
    return following if following is not None else integer + _middle(fraction, None)


def _parts(key: str) -> tuple[str, str]:
    """Integer and fraction; the integer of a key that is too short for its first character is filled up."""
    head = key[0]
    length = ord(head) - ord("a") + 2 if head >= "a" else ord("Z") - ord(head) + 2
    return key[:length].ljust(length, _FIRST), key[length:]


def _next(integer: str) -> str | None:
    """The integer above; None above the largest."""
    head, digits = integer[0], integer[1:]
    if digits.strip(_LAST):
        return head + _in_base_62(_number(digits) + 1, len(digits))
    if head == "z":
        return None
    following = "a" if head == "Z" else chr(ord(head) + 1)
    length = len(digits) + (1 if following > "a" else -1 if following < "a" else 0)
    return following + _FIRST * length


def _previous(integer: str) -> str | None:
    """The integer below; None below the smallest."""
    head, digits = integer[0], integer[1:]
    if digits.strip(_FIRST):
        return head + _in_base_62(_number(digits) - 1, len(digits))
    if head == "A":
        return None
    previous = "Z" if head == "a" else chr(ord(head) - 1)
    length = len(digits) + (1 if previous < "Z" else -1 if previous > "Z" else 0)
    return previous + _LAST * length


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * _BASE + DIGITS.index(digit)
    return number


def _middle(low: str, high: str | None) -> str:
    """A fraction between two, as short as can be; `high` None is one."""
    if high is not None and low >= high:
        raise NoRoomError
    shared = 0
    while high is not None and shared < len(high) and (low[shared : shared + 1] or _FIRST) == high[shared]:
        shared += 1
    if shared:
        assert high is not None  # noqa: S101 (nothing is shared with no fraction)
        return high[:shared] + _middle(low[shared:], high[shared:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high else _BASE
    if last - first > 1:
        return DIGITS[(first + last + 1) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return DIGITS[first] + _middle(low[1:], None)
