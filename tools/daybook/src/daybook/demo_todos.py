"""Two hundred todos of all kinds: short and long, done and due, plain and awkward to display."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class _Area:
    tag: str
    phrases: tuple[str, str, str, str, str]
    things: tuple[str, str, str, str, str]
    note: str


_AREAS = (
    _Area(
        "home",
        ("Clean the {}", "Measure the {}", "Fix the {}", "Ask somebody to look at the {}", "Take a picture of the {}"),
        ("kitchen window", "bathroom lamp", "front door", "balcony railing", "cellar shelf"),
        "The tools are in the blue box.\nThe ladder is at the neighbours'.",
    ),
    _Area(
        "errands",
        ("Buy {}", "Compare prices of {}", "Order {} for Saturday", "Bring back {}", "Ask at the market for {}"),
        ("light bulbs", "coffee beans", "printer paper", "winter tyres", "a birthday card"),
        "Only if it is on the way.",
    ),
    _Area(
        "work",
        ("Draft {}", "Review {}", "Send {} to Mira", "Present {}", "Archive {}"),
        ("the quarterly report", "the onboarding guide", "the incident review", "the budget", "the interview notes"),
        "- what changed\n- who needs to know\n- what we decide",
    ),
    _Area(
        "garden",
        ("Water {}", "Cut back {}", "Plant {}", "Move {} into the shade", "Save seeds of {}"),
        ("the tomatoes", "the lavender", "the runner beans", "the hydrangea", "the sweet peas"),
        "Before the heat of the day.",
    ),
    _Area(
        "reading",
        ("Read {}", "Write a note about {}", "Lend {} to Tom", "Find a second-hand copy of {}", "Reread {}"),
        ("Middlemarch", "The Dispossessed", "Invisible Cities", "The Periodic Table", "Momo"),
        "“A line worth keeping” goes on the first page.",
    ),
    _Area(
        "health",
        ("Book {}", "Prepare for {}", "Go to {}", "Pay the bill for {}", "Put {} into the calendar"),
        ("the dentist", "the eye test", "the vaccination", "the physiotherapist", "the blood test"),
        "Bring the insurance card.",
    ),
    _Area(
        "travel",
        ("Look up trains to {}", "Book a room in {}", "Pack for {}", "Learn ten words for {}", "Print the map of {}"),
        ("Lisbon", "Kraków", "Tromsø", "東京", "القاهرة"),
        "Window seat, quiet carriage.",
    ),
    _Area(
        "people",
        ("Call {}", "Write to {}", "Invite {} for dinner", "Find a present for {}", "Return the book to {}"),
        ("Grandmother", "Søren", "Zoë and Amélie", "the new neighbours", "Uncle Władek 🎂"),
        "They like a proper letter.",
    ),
)
_PRIORITIES = ("none", "none", "low", "medium", "none", "high", "none")
# Days from today; None is some day.
_DUE_IN_DAYS = (None, 0, 3, None, 14, -2, None, 1, None, 45, None)
_LONG = (
    "Decide, after asking everybody who has to live with it, what is to become of {}, and write down why, so that "
    "nobody has to ask again"
)
_EVERY_THIRD, _EVERY_FOURTH, _EVERY_FIFTH, _EVERY_TWENTIETH = 3, 4, 5, 20


def todos(today: date) -> Iterator[dict[str, Any]]:
    for number, (area, title, thing) in enumerate(_titles()):
        days = _DUE_IN_DAYS[number % len(_DUE_IN_DAYS)]
        yield {
            "title": _LONG.format(thing) if number % _EVERY_TWENTIETH == _EVERY_TWENTIETH - 1 else title,
            "description": area.note if number % _EVERY_THIRD == 0 else "",
            "completed": (number + number // len(_AREAS)) % _EVERY_FOURTH == 1,
            "priority": _PRIORITIES[number % len(_PRIORITIES)],
            "due": None if days is None else _due(today + timedelta(days=days), timed=number % _EVERY_FIFTH == 0),
            "tags": [area.tag, *(["with somebody"] if "some" in title else []), *(["soon"] if days == 0 else [])],
        }


def _titles() -> Iterator[tuple[_Area, str, str]]:
    """Area by area in turns, so that neighbours in the list have little in common."""
    for row in range(25):
        for area in _AREAS:
            thing = area.things[(row + row // 5) % 5]
            yield area, area.phrases[row % 5].format(thing), thing


def _due(day: date, *, timed: bool) -> dict[str, str]:
    return {"at": f"{day}T16:30:00Z", "zone": "Europe/Berlin"} if timed else {"date": str(day)}
