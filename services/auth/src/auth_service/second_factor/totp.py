"""Codes of an authenticator app (RFC 6238), as every such app makes them: SHA-1, six digits, thirty seconds."""

import hmac
import io

import pyotp
import segno

_STEP_SECONDS = 30
# A code is good for one step before and after its own: clocks differ, and people type.
_STEPS_ASIDE = 1
_ISSUER = "Daybook"


def new_secret() -> str:
    """160 random bits in base32, as long as the hash (RFC 4226, 4)."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The time step whose code this is, if it is one of those that are good at this time (seconds since 1970)."""
    totp, current = pyotp.TOTP(secret), int(now) // _STEP_SECONDS
    steps = range(current - _STEPS_ASIDE, current + _STEPS_ASIDE + 1)
    # Each is compared: how long it takes does not tell which of them it was.
    matching = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return matching[-1] if matching else None


def uri(secret: str, account: str) -> str:
    """What a QR code has to say for an app to understand it."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=_ISSUER)


def qr_svg(text: str) -> str:
    """A picture with its quiet zone, that scales."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", xmldecl=False, omitsize=True, light="white")
    return picture.getvalue().decode()
