from pydantic import BaseModel, ConfigDict, Field


class Jwk(BaseModel):
    """A public key (RFC 7517). Which members there are besides these depends on its kind."""

    model_config = ConfigDict(extra="allow")

    kid: str = Field(description="The RFC 7638 thumbprint of the key")
    kty: str
    alg: str
    use: str


class JwkSet(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "keys": [
                        {
                            "kty": "RSA",
                            "use": "sig",
                            "alg": "RS256",
                            "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86z",
                            "e": "AQAB",
                        }
                    ]
                }
            ]
        }
    )

    keys: list[Jwk]
