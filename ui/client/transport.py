"""Sends signed requests and reads answers: problems become exceptions, and what is safe to repeat is repeated."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

import requests

from ui.client.problems import ProblemError, UnreachableError, problem
from ui.client.signing import Key, digest_of, now

TIMEOUT = 60.0
"""Seconds to wait for an answer to begin, and for each further piece of it."""
TRIES = 5
"""How often a request is sent at most, where sending it again is safe."""
FIRST_WAIT = 0.25
"""Seconds before the second try; each further one waits twice as long, up to LONGEST_WAIT."""
LONGEST_WAIT = 15.0
WORTH_A_RETRY = (429, 502, 503, 504)
SAFE = ("GET", "HEAD")
PAGE = 200

Query = Mapping[str, str | int | float | bool | None]
Answer = Mapping[str, Any]


class Transport:
    """Speaks with one server in the name of one key. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        key: Key | None,
        *,
        timeout: float = TIMEOUT,
        tries: int = TRIES,
        verify: bool | str = True,
        sleep: Callable[[float], None] = time.sleep,
        agent: str = "backdraft-client",
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError(f"{url[:100]!r} is no address of a server; write https://backdraft.example")
        self.url = url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._tries = max(1, tries)
        self._sleep = sleep
        self._session = requests.Session()
        self._session.verify = verify
        self._session.trust_env = False  # a .netrc would replace the signature
        self._session.headers["User-Agent"] = agent

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        is_safe: bool = False,
    ) -> Answer:
        """The JSON answer to a request with a JSON body; empty where the answer is empty. Raises ClientError.

        `is_safe`: sending it twice does no more than sending it once; an Idempotency-Key may see to that.
        """
        content = b"" if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        answer = self.send(
            method, path, query=query, body=content, headers={**kind, **(headers or {})}, is_safe=is_safe
        )
        return _json(answer)

    def pages(self, path: str, name: str, query: Query | None = None) -> Iterator[Answer]:
        """Every item of a list that comes in pages, under `name` in each of them."""
        cursor: str | None = None
        while True:
            page = self.ask("GET", path, query={**(query or {}), "cursor": cursor, "limit": PAGE})
            yield from page[name]
            cursor = page["next"]
            if cursor is None:
                return

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes | IO[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        is_safe: bool = False,
        is_stream: bool = False,
    ) -> requests.Response:
        """The answer to a request, if it is a success. Raises ClientError."""
        may_repeat = method in SAFE or is_safe
        url = self.url + path + _encoded(query)
        digest = digest_of(body)
        for number in range(1, self._tries + 1):
            try:
                return self._sent(method, url, body, digest, dict(headers or {}), is_stream)
            except UnreachableError:
                if not may_repeat or number == self._tries:
                    raise
                self._sleep(_wait(number))
            except ProblemError as error:
                if not may_repeat or number == self._tries or error.status not in WORTH_A_RETRY:
                    raise
                self._sleep(min(LONGEST_WAIT, error.retry_after or _wait(number)))
            if not isinstance(body, bytes):
                body.seek(0)
        raise AssertionError("the last try returns or raises")

    def _sent(
        self,
        method: str,
        url: str,
        body: bytes | IO[bytes],
        digest: str,
        headers: dict[str, str],
        is_stream: bool,
    ) -> requests.Response:
        signed = self._key.headers(method, url, digest, now()) if self._key else {}
        try:
            answer = self._session.request(
                method,
                url,
                data=body or None,
                headers={**headers, **signed},
                timeout=self._timeout,
                stream=is_stream,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise UnreachableError(f"{self.url} does not answer: {_reason(error)}") from error
        if 200 <= answer.status_code < 300:
            return answer
        raise _refused(answer, self.url)


def path_of(*parts: str | int) -> str:
    """The path below `/api/v1` with each part encoded: `path_of("projects", "shop")`."""
    return "/api/v1/" + "/".join(quote(str(part), "") for part in parts)


def _encoded(query: Query | None) -> str:
    given = [(name, _plain(value)) for name, value in (query or {}).items() if value is not None]
    return "?" + urlencode(given) if given else ""


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wait(number: int) -> float:
    """Twice as long each time, and not at the same moment as everybody else."""
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 (no secret)


def _json(answer: requests.Response) -> Answer:
    if answer.status_code == 204 or not answer.content:
        return {}
    try:
        content = answer.json()
    except ValueError as error:
        raise UnreachableError(f"{answer.url}: what answers there is not Backdraft") from error
    if not isinstance(content, dict):
        raise UnreachableError(f"{answer.url}: what answers there is not Backdraft")
    return content


def _refused(answer: requests.Response, url: str) -> Exception:
    after = answer.headers.get("Retry-After", "")
    retry_after = float(after) if after.isdecimal() else None
    try:
        document = answer.json()
    except (ValueError, requests.RequestException):
        document = None
    if isinstance(document, dict) and answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return problem(answer.status_code, document, retry_after)
    if answer.status_code in WORTH_A_RETRY:  # a proxy speaks for it
        return ProblemError(answer.status_code, "unavailable", "The server cannot answer now", retry_after=retry_after)
    return UnreachableError(f"{url}: what answers there is not Backdraft (it said {answer.status_code})")


def _reason(error: requests.RequestException) -> str:
    """The innermost cause, which says what a person can mend: `Connection refused`."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    return getattr(cause, "strerror", None) or str(cause) or type(error).__name__
