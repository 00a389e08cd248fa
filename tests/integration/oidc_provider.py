"""A real OpenID Connect provider, as a process: `python oidc_provider.py PORT REDIRECT_URI`.

Whoever comes with `?as=NAME` in the address is signed in as that person at once. `POST /mood` says what it does wrong.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # on this machine only

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey

PORT, CALLBACK = int(sys.argv[1]), sys.argv[2]
ISSUER = f"http://127.0.0.1:{PORT}"
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"email": "ada@example.org", "email_verified": True, "preferred_username": "ada"},
    "false-ada": {"email": "ada@example.org", "email_verified": False, "preferred_username": "ada"},
    "new": {"email": "new@example.net", "email_verified": True, "preferred_username": "Ada"},
}


class Client:
    """The one client there is."""

    client_id = "backdraft"

    def get_client_id(self) -> str:
        return self.client_id

    def check_client_secret(self, secret: str) -> bool:
        return secret == "what the provider knows"

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == CALLBACK

    def get_default_redirect_uri(self) -> str:
        return CALLBACK

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class Code:
    """A code that waits to be taken."""

    def __init__(self, payload: Any, user: str) -> None:
        self.redirect_uri, self.scope = payload.redirect_uri, payload.scope
        self.nonce = payload.data.get("nonce")
        self.code_challenge = payload.data.get("code_challenge")
        self.code_challenge_method = payload.data.get("code_challenge_method")
        self.user = user
        self.client_id = "backdraft"

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str | None:
        return "another" if MOOD["does"] == "wrong nonce" else self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class User:
    def __init__(self, name: str) -> None:
        self.name = name

    def get_user_id(self) -> str:
        return f"subject-of-{self.name}"


def new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)


KEYS = [new_key("first")]
FOREIGN = new_key("first")
MOOD = {"does": ""}
CODES: dict[str, Code] = {}
app = Flask("provider")


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

    def save_authorization_code(self, code: str, asked: Any) -> None:
        CODES[code] = Code(asked.payload, asked.user.name)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        for key in [key for key, value in CODES.items() if value is code]:
            del CODES[key]

    def authenticate_user(self, code: Code) -> User:
        return User(code.user)


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return FOREIGN if MOOD["does"] == "wrong key" else KEYS[-1]

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": self.get_client_algorithm(client), "kid": KEYS[-1].kid}

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": "http://127.0.0.1:9" if MOOD["does"] == "wrong issuer" else ISSUER,
            "aud": ["another"] if MOOD["does"] == "wrong audience" else ["backdraft"],
            "iat": now,
            "exp": now - 3600 if MOOD["does"] == "expired" else now + 300,
        }

    def generate_user_info(self, user: User, scope: str) -> UserInfo:
        return UserInfo(sub=user.get_user_id(), **PEOPLE[user.name])


server = AuthorizationServer(
    app, query_client=lambda name: Client() if name == "backdraft" else None, save_token=lambda *_: None
)
server.register_grant(CodeGrant, [IdToken(), CodeChallenge(required=True)])


@app.get("/.well-known/openid-configuration")
def describe() -> Any:
    return jsonify(
        issuer=ISSUER,
        authorization_endpoint=f"{ISSUER}/authorize",
        token_endpoint=f"{ISSUER}/token",
        jwks_uri=f"{ISSUER}/keys",
        token_endpoint_auth_methods_supported=["client_secret_basic"],
    )


@app.get("/authorize")
def authorize() -> Any:
    grant = server.get_consent_grant(end_user=User(request.args["as"]))
    return server.create_authorization_response(grant=grant, grant_user=User(request.args["as"]))


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.get("/keys")
def keys() -> Any:
    return jsonify(KeySet(KEYS).as_dict(private=False))


@app.post("/mood")
def mood() -> Any:
    MOOD["does"] = request.get_json()["does"]
    if MOOD["does"] == "new keys":
        KEYS[:] = [new_key(f"key {time.time()}")]
    return jsonify(MOOD)


if __name__ == "__main__":
    app.run("127.0.0.1", PORT)
