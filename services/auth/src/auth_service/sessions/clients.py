"""What is remembered of the program at the other end, so that its owner recognises it in a list."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

# The first that matches: nearly every browser also claims to be the ones below it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PRODUCT = re.compile(r"[A-Za-z0-9._-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Client:
    device: str | None
    address: str | None


def device_label(user_agent: str) -> str | None:
    """`Firefox on Linux`; for programs that are no browser their own name; None for those that say nothing."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    product = _PRODUCT.match(user_agent)
    return browser or (product and product.group())


def client_address(*, forwarded: str | None, peer: str | None) -> str | None:
    """The address the gateway forwards if it is one, else that of whoever is connected."""
    try:
        return str(ip_address((forwarded or "").strip()))
    except ValueError:
        return peer


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in names if mark in user_agent), None)
