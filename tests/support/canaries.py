"""Things that may be kept nowhere, and what notices them wherever they got to, in whatever form."""

import secrets
from base64 import b64encode


def _shapes(marker: bytes) -> dict[bytes, str]:
    """What a piece of text becomes on its way into a file."""
    shapes = {marker: "as it is", marker.hex().encode(): "in hex", marker.decode().encode("utf-16-le"): "in UTF-16"}
    for shift in range(3):
        # Of base64 only what does not depend on what stands before and after it.
        encoded = b64encode(bytes(shift) + marker)
        shapes[encoded[(shift * 4 + 2) // 3 : (len(marker) + shift) // 3 * 4]] = "in base64"
    return shapes


class Canaries:
    """Each kind counts: texts that are made here begin alike, and whatever is given out is kept as it came."""

    def __init__(self) -> None:
        self._marker = f"canary{secrets.token_hex(6)}"
        self._needles: dict[bytes, str] = {
            needle: f"a text {shape}" for needle, shape in _shapes(self._marker.encode()).items()
        }
        self.kinds: dict[str, int] = {}

    def text(self, kind: str) -> str:
        """Something new to write: in small letters and digits, so that no reader has reason to change it."""
        return f"{self._marker}{self._another(kind)}x{secrets.token_hex(6)}"

    def keep(self, kind: str, text: str, raw: bytes = b"") -> None:
        """Something that was given out: as text, and the bytes that make it a secret."""
        name = f"{kind} {self._another(kind)}"
        self._needles[text.encode()] = f"{name} as it is"
        if raw:
            self._needles[raw] = f"{name} in bytes"
            self._needles[raw.hex().encode()] = f"{name} in hex"

    def found_in(self, data: bytes) -> set[str]:
        """Of which canary, in which form, and what stands beside it."""
        found = set()
        for needle, name in self._needles.items():
            at = data.find(needle)
            if at >= 0:
                found.add(f"{name}: {data[max(0, at - 40) : at + 80]!r}")
        return found

    def _another(self, kind: str) -> int:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind]
