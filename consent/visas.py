"""GA4GH visas: what is said in one, and how it is signed. No tables, no settings.

A Visa Document Token of the GA4GH AAI OpenID Connect Profile 1.2: it names its key set (``jku``)
and asks for no scope, because nobody can sign in here for an access token.
Source: GA4GH Passport 1.2, "Visa Format" and "ControlledAccessGrants".
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from consent.grants.codec import b64u

Key = ECKey | RSAKey

TYPE = "vnd.ga4gh.visa+jwt"
JWKS_PATH = "/.well-known/jwks.json"


@dataclass(frozen=True)
class Said:
    """One community's yes, about one person and one dataset.

    ``asserted`` is when it came to hold, ``expires`` when this visa ends; aware times.
    ``dataset`` and ``source`` are addresses: of the dataset, and of the community that said yes.
    """

    subject: str
    dataset: str
    source: str
    asserted: datetime
    issued: datetime
    expires: datetime
    id: UUID


def algorithm_of(key: Key) -> str:
    return "ES256" if isinstance(key, ECKey) else "RS256"


def subject_for(person: UUID, community: str, *, issuer: str, secret: bytes) -> str:
    """Return the person's name in visas of one community: opaque, and another at each community.

    Args:
        secret: known to the platform alone; with another one everybody gets another name.
    """
    words = "\x00".join(("kinhold visa subject", issuer, community, str(person)))
    return b64u(hmac.new(secret, words.encode(), hashlib.sha256).digest())


def claims_of(said: Said, *, issuer: str) -> dict[str, Any]:
    return {
        "iss": issuer,
        "sub": said.subject,
        "jti": str(said.id),
        "iat": int(said.issued.timestamp()),
        "exp": int(said.expires.timestamp()),
        "ga4gh_visa_v1": {
            "type": "ControlledAccessGrants",
            "asserted": int(said.asserted.timestamp()),
            "value": said.dataset,
            "source": said.source,
            "by": "dac",
        },
    }


def signed(said: Said, *, issuer: str, key: Key) -> str:
    """Return the visa as a compact JWS."""
    algorithm = algorithm_of(key)
    header = {"typ": TYPE, "alg": algorithm, "kid": key.kid, "jku": issuer + JWKS_PATH}
    return jwt.encode(header, claims_of(said, issuer=issuer), key, algorithms=[algorithm])


def public_set(key: Key) -> dict[str, Any]:
    """Return the JSON Web Key Set with which others verify."""
    public = {**key.as_dict(private=False), "alg": algorithm_of(key), "use": "sig", "kid": key.kid}
    return {"keys": [public]}


def metadata(key: Key, *, issuer: str) -> dict[str, Any]:
    """Return what a reader finds at the issuer's discovery address: the key set, and no login."""
    return {
        "issuer": issuer,
        "jwks_uri": issuer + JWKS_PATH,
        "response_types_supported": [],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [algorithm_of(key)],
    }
