"""Signs requests with an access key, as docs/api.md tells."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

SCHEME = "Backdraft-HMAC-SHA256"
UNRESERVED = "-._~"
CHUNK = 2**16


@dataclass(frozen=True)
class Key:
    """An access key: its id, and its secret, which is never shown."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Key":
        """The key that is written `bdk_…:bds_…`, as in a key file. Raises ValueError for anything else."""
        id, colon, secret = text.strip().partition(":")  # noqa: A001 (the word for it)
        if not (colon and id.startswith("bdk_") and secret.startswith("bds_") and secret.isascii()):
            raise ValueError("that is no access key; it is written bdk_…:bds_…")
        return cls(id, secret)

    def __str__(self) -> str:
        """Its id, never its secret."""
        return self.id

    def headers(self, method: str, url: str, digest: str, date: str) -> dict[str, str]:
        """The headers that sign a request to `url` whose body has the SHA-256 `digest`, at `date`."""
        signature = hmac.new(self.secret.encode(), self.text(method, url, digest, date).encode(), hashlib.sha256)
        return {
            "Authorization": f"{SCHEME} key={self.id}, date={date}, signature={signature.hexdigest()}",
            "Content-Digest": f"sha-256=:{digest}:",
        }

    def text(self, method: str, url: str, digest: str, date: str) -> str:
        """What is signed."""
        parts = urlsplit(url)
        path = quote(unquote_to_bytes(parts.path), "/" + UNRESERVED)
        pairs = parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1")
        encoded = sorted(
            (quote(name, UNRESERVED, "latin-1"), quote(value, UNRESERVED, "latin-1")) for name, value in pairs
        )
        query = "&".join(f"{name}={value}" for name, value in encoded)
        return "\n".join((SCHEME, self.id, date, method, path, query, digest))


def now() -> str:
    """The time in UTC to the nanosecond: two requests never have the same."""
    nanoseconds = time.time_ns()
    seconds, rest = divmod(nanoseconds, 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09}Z"


def digest_of(body: bytes | IO[bytes]) -> str:
    """The SHA-256 of a body in Base64; a file is read to its end and set back to where it was."""
    if isinstance(body, bytes):
        return base64.b64encode(hashlib.sha256(body).digest()).decode()
    begin, digest = body.tell(), hashlib.sha256()
    while chunk := body.read(CHUNK):
        digest.update(chunk)
    body.seek(begin)
    return base64.b64encode(digest.digest()).decode()
