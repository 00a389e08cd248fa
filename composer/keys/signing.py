"""The signature of a request: the text that is signed, and the header that carries it. See docs/api.md."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

SCHEME = "Backdraft-HMAC-SHA256"
WINDOW = 300.0
"""Seconds by which the date of a request may differ from the server's clock."""
MOST_PARAMETERS = 100
UNRESERVED = "-._~"
"""What RFC 3986 leaves as it is, besides letters and digits."""

_HEADER = re.compile(
    rf"{SCHEME} key=(?P<key>bdk_[a-z0-9]{{1,40}}), date=(?P<date>[0-9TZ:.-]{{20,30}}), "
    r"signature=(?P<signature>[0-9a-f]{64})"
)
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?Z")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)")


@dataclass(frozen=True)
class Claim:
    """What the Authorization header of a signed request says: by which key, when, and its proof."""

    key: str
    date: str
    signature: str

    @property
    def moment(self) -> float:
        """The date in seconds since 1970. Raises ValueError where it is none."""
        found = _DATE.fullmatch(self.date)
        if found is None:
            raise ValueError(self.date)
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp() + float(found[2] or 0)


def claim(header: str) -> Claim | None:
    """The claim in an Authorization header of our scheme; None where it is written in another way."""
    found = _HEADER.fullmatch(header)
    return Claim(**found.groupdict()) if found else None


def canonical_text(key: str, date: str, method: str, path: str, query: str, digest: str) -> str:
    """What is signed: seven lines, without a newline at the end.

    `path` is decoded, `query` as it was sent, `digest` that of `body_digest`. Bytes of both are given as Latin-1, the
    way WSGI does. Raises ValueError for a query of more than MOST_PARAMETERS parameters.
    """
    return "\n".join((SCHEME, key, date, method, quote(path, "/" + UNRESERVED, "latin-1"), sorted_query(query), digest))


def sorted_query(query: str) -> str:
    """The parameters of a query by name and value, encoded in the one way that is signed."""
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_PARAMETERS)
    encoded = sorted((quote(name, UNRESERVED, "latin-1"), quote(value, UNRESERVED, "latin-1")) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def body_digest(body: bytes) -> str:
    """The SHA-256 of a body in Base64, as Content-Digest (RFC 9530) writes it between its colons."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


EMPTY = body_digest(b"")


def claimed_digest(header: str) -> str | None:
    """The digest in a Content-Digest header; that of nothing where there is no header; None where it has no SHA-256."""
    if not header:
        return EMPTY
    found = _DIGEST.search(header)
    return found[1] if found else None


def signature(secret: str, text: str) -> str:
    """The HMAC-SHA256 of `text` in lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def fits(claimed: str, secret: str, text: str) -> bool:
    """Whether the claimed signature is right; takes as long where it is wrong."""
    return hmac.compare_digest(claimed, signature(secret, text))
