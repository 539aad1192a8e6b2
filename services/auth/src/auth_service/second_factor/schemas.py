from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

# Six digits, or a recovery code, with whatever blanks and dashes people type.
Code = Annotated[str, Field(min_length=6, max_length=40, examples=["123456"])]
# What authenticators answer is a few kilobytes, in members that WebAuthn defines and extends.
Credential = Annotated[
    dict[str, Any], Field(min_length=1, max_length=20, examples=[{"id": "…", "rawId": "…", "type": "public-key"}])
]


class PasskeyQuestion(BaseModel):
    """What is asked for is the same for everybody, so that nobody learns who has a passkey."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(
        default=None, max_length=254, description="Changes nothing: the browser knows what it has"
    )


class PasskeyAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    credential: Credential = Field(description="What `navigator.credentials.get` gave, as JSON")


class RequestOptions(BaseModel):
    """For `PublicKeyCredential.parseRequestOptionsFromJSON`; WebAuthn says what is in it."""

    model_config = ConfigDict(extra="allow")

    challenge: str
