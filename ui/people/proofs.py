"""What proves something to us: made at random, shown once, and kept as a hash that cannot be turned back."""

import hashlib
import secrets
from base64 import b32encode


def new_id(letter: str) -> str:
    """A name for a record that tells nothing and is nobody's secret: `p_3f2a9c4d1e5b`."""
    return f"{letter}_{secrets.token_hex(6)}"


def new_token() -> str:
    """256 bits that nobody guesses, for cookies and links."""
    return secrets.token_urlsafe(32)


def new_recovery_code() -> str:
    """80 bits that a person can write down: `k3fa-7qwx-…`."""
    text = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def hashed(token: str) -> str:
    """What is kept of a token. One round is enough, since no token of ours can be guessed as a password can."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
