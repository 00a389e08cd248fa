"""Signing in with an OpenID Connect provider: the authorization code flow with PKCE, as OpenID Connect Core 3.1 says.

Everything that one journey to the provider and back must remember (state, nonce and verifier) is derived from one
token at random, which the browser keeps in a cookie; so nothing of it lies in the database.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

TRUSTED_FOR = 3600.0
"""Seconds that what a provider says of itself is kept."""
WAITS = 10.0
"""Seconds for each answer of the provider."""
LARGEST = 2**20
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key that only the provider has; `none` and shared secrets are refused."""
SCOPE = "openid profile email"


class ProviderError(Exception):
    """The provider could not be asked, or what it says does not hold."""


@dataclass(frozen=True)
class Identity:
    """Whom the provider knows. `email` only where it says that it is verified; `name` is a wish."""

    issuer: str
    subject: str
    email: str | None
    name: str


class Provider:
    """One provider, discovered from its issuer; safe to use from several threads."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, callback: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._callback = callback
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def address(self, journey: str) -> str:
        """Where the browser goes to sign in. Raises ProviderError."""
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=state_of(journey),
                code_verifier=_derived(journey, "verifier"),
                nonce=_derived(journey, "nonce"),
            )
        return str(address)

    def identity(self, journey: str, code: str) -> Identity:
        """Who came back with `code`. Raises ProviderError."""
        from authlib.common.errors import AuthlibBaseError

        try:
            with self._client() as client:
                answer = client.fetch_token(
                    self._endpoint("token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=_derived(journey, "verifier"),
                    allow_redirects=False,
                )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise ProviderError(f"the code was not taken: {type(error).__name__}") from error
        claims = self._claims(str(answer.get("id_token", "")), journey, str(answer.get("access_token", "")))
        if "email" not in claims:
            claims = {**self._more(str(answer.get("access_token", "")), str(claims["sub"])), **claims}
        email = claims.get("email")
        return Identity(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            email=email.lower() if isinstance(email, str) and claims.get("email_verified") is True else None,
            name=str(claims.get("preferred_username") or claims.get("email") or claims.get("name") or ""),
        )

    def _claims(self, token: str, journey: str, access_token: str) -> Mapping[str, Any]:
        """What the ID token says, all of it checked: signature, issuer, audience, time and nonce."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for is_last in (False, True):  # once more with new keys: providers change theirs
            try:
                keys = KeySet.import_key_set(dict(self._fetched(self._endpoint("jwks_uri"), anew=is_last)))  # type: ignore[arg-type]
                found = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
                break
            except (JoseError, ValueError, TypeError, KeyError) as error:
                if is_last:
                    raise ProviderError(
                        f"the ID token is not signed by the provider: {type(error).__name__}"
                    ) from error
        claims = CodeIDToken(
            found.claims,
            found.header,
            options={
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": _derived(journey, "nonce"),
                "client_id": self._client_id,
                "access_token": access_token,
            },
        )
        try:
            claims.validate(now=int(self._clock()), leeway=LEEWAY)
        except JoseError as error:
            claim = getattr(error, "claim", "")
            raise ProviderError(f"the ID token does not hold: {error.error} {claim}".rstrip()) from error
        return dict(claims)

    def _more(self, access_token: str, subject: str) -> Mapping[str, Any]:
        """What the provider says besides, where it says that elsewhere; of the same subject only."""
        address = self._described().get("userinfo_endpoint")
        if not isinstance(address, str) or not access_token:
            return {}
        found = _fetch(address, {"Authorization": f"Bearer {access_token}"})
        return found if found.get("sub") == subject else {}

    def _client(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        methods = self._described().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return OAuth2Session(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method="client_secret_basic"
            if "client_secret_basic" in methods
            else "client_secret_post",
            scope=SCOPE,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            default_timeout=WAITS,
        )

    def _endpoint(self, name: str) -> str:
        found = self._described().get(name)
        if not isinstance(found, str):
            raise ProviderError(f"the provider names no {name}")
        if urlsplit(found).scheme != urlsplit(self._issuer).scheme:
            raise ProviderError(f"the provider's {name} is reached another way than the provider")
        return found

    def _described(self) -> Mapping[str, Any]:
        found = self._fetched(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise ProviderError("the provider calls itself by another name; oidc_issuer must be exactly that")
        return found

    def _fetched(self, address: str, *, anew: bool = False) -> Mapping[str, Any]:
        now = self._clock()
        with self._lock:
            kept = self._kept.get(address)
        if kept and not anew and 0 <= now - kept[0] < TRUSTED_FOR:
            return kept[1]
        found = _fetch(address, {})
        with self._lock:
            self._kept[address] = (now, found)
        return found


def state_of(journey: str) -> str:
    """What must come back with the browser that was sent out."""
    return _derived(journey, "state")


def _derived(journey: str, use: str) -> str:
    """43 characters that tell nothing of each other, nor of the token they are made from."""
    found = hmac.new(journey.encode(), use.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def _fetch(address: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        with requests.get(address, headers=dict(headers), timeout=WAITS, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise ProviderError(f"{urlsplit(address).netloc} answers {answer.status_code}")
            content = answer.raw.read(LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise ProviderError(f"{urlsplit(address).netloc} does not answer: {type(error).__name__}") from error
    try:
        found = json.loads(content) if len(content) <= LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderError(f"{urlsplit(address).netloc} answers what is no JSON object")
    return found
