"""Who signed a request with an access key, and whether its body is the one that was signed."""

import hashlib
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from io import RawIOBase
from typing import IO, Any

from flask import Request

from composer.access import Principal
from composer.keys.signing import EMPTY, SCHEME, WINDOW, Claim, canonical_text, claim, claimed_digest, fits
from composer.keys.store import AccessKey, Keys, ReplayedError
from composer.problem import ApiError

PrincipalOf = Callable[[str], Principal | None]
"""The person of that id with today's rights; None where there is none any more."""
KEPT_IN_MEMORY = 2**20
CHUNK = 2**16


class BySignature:
    """Tells whoever signs requests with one of `keys`: its person, with the rights of the key."""

    def __init__(self, keys: Keys, principal_of: PrincipalOf, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._principal_of = principal_of
        self._clock = clock

    def __call__(self, request: Request) -> Principal | None:
        """Who signed `request`; None where it is not signed. Raises ApiError where it is not rightly signed."""
        header = request.headers.get("Authorization", "")
        if not header.startswith(SCHEME):
            return None
        claimed = claim(header)
        if claimed is None:
            raise _unreadable("Authorization", f"write {SCHEME} key=bdk_…, date=…, signature=…")
        _refuse_another_time(claimed, self._clock())
        digest = claimed_digest(request.headers.get("Content-Digest", ""))
        if digest is None:
            raise _unreadable("Content-Digest", "write sha-256=:…: with the SHA-256 of the body in Base64")
        text = _signed_text(request, claimed, digest)
        key, secret = self._keys.with_secret(claimed.key)
        if not fits(claimed.signature, secret, text) or key is None:
            raise _wrong_signature()
        caller = self._of(key)
        try:
            self._keys.use(key, claimed.signature, claimed.moment + WINDOW)
        except ReplayedError:
            raise ApiError(
                401,
                "replayed",
                "That request was made already",
                "its signature was seen before",
                remedy="sign each request anew, with the time at which it is sent",
            ) from None
        _check_body(request, digest)
        return caller

    def renewed(self, caller: Principal) -> Principal | None:
        """Who that is by now, for answers that last: a signature is good for one request only."""
        key = self._keys.find(caller.key)
        return self._of(key) if key else None

    def _of(self, key: AccessKey) -> Principal:
        if ended := key.ended(self._clock()):
            raise ApiError(401, "key-ended", "That key has ended", f"{key.id} is {ended}", remedy="make a new one")
        person = self._principal_of(key.person)
        if person is None:
            raise ApiError(401, "key-ended", "That key has ended", f"{key.id} belongs to nobody any more")
        return key.narrowed(person)


class CheckedBody(RawIOBase):
    """A body that is read as a whole and compared with its digest before anybody gets a byte of it."""

    def __init__(self, stream: IO[bytes], length: int, digest: str) -> None:
        self._stream = stream
        self._length = length
        self._digest = digest
        self._checked: IO[bytes] | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`. Raises ApiError where the body is not what was signed."""
        if self._checked is None:
            self._checked = self._whole()
        chunk = self._checked.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _whole(self) -> IO[bytes]:
        kept = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 (whoever reads the body needs it open)
        digest, left = hashlib.sha256(), self._length
        while left and (chunk := self._stream.read(min(CHUNK, left))):
            digest.update(chunk)
            kept.write(chunk)
            left -= len(chunk)
        if left or b64encode(digest.digest()).decode() != self._digest:
            kept.close()
            raise ApiError(
                400,
                "wrong-digest",
                "The body is not what was signed",
                "its SHA-256 is another than Content-Digest says",
                remedy="send the very bytes that were hashed",
            )
        kept.seek(0)
        return kept


def _check_body(request: Request, digest: str) -> None:
    """Have whatever reads the body of `request` read it checked."""
    if request.content_length is None:
        if request.headers.get("Transfer-Encoding"):
            raise ApiError(411, "length-required", "Say how long the body is", remedy="send Content-Length")
        return
    if request.content_length == 0 and digest == EMPTY:
        return
    request.environ["wsgi.input"] = CheckedBody(request.environ["wsgi.input"], request.content_length, digest)


def _signed_text(request: Request, claimed: Claim, digest: str) -> str:
    environ = request.environ
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    try:
        return canonical_text(claimed.key, claimed.date, request.method, path, environ.get("QUERY_STRING", ""), digest)
    except ValueError:
        raise _unreadable("the query", "send fewer parameters") from None


def _refuse_another_time(claimed: Claim, now: float) -> None:
    try:
        moment = claimed.moment
    except (ValueError, OverflowError):
        raise _unreadable("date", "write a time in UTC, such as 2026-01-31T12:00:00.123456Z") from None
    if abs(moment - now) > WINDOW:
        told = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise ApiError(
            401,
            "wrong-time",
            "The request was signed at another time",
            f"its date is {claimed.date}, and it is {told}",
            remedy=f"set the clock; {WINDOW / 60:.0f} minutes are allowed for",
            more={"now": now},
        )


def _unreadable(where: str, remedy: str) -> ApiError:
    return ApiError(401, "unreadable-signature", "The signature cannot be read", "", where, remedy)


def _wrong_signature() -> ApiError:
    """One answer whether the key is unknown or the signature wrong: whoever guesses learns nothing."""
    return ApiError(
        401,
        "wrong-signature",
        "The signature is not right",
        "no key of that id signs this request like that",
        remedy="check key and secret, and compare with the example in docs/api.md",
    )
