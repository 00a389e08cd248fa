"""Signing in as a person, once, to make the key that a machine goes on with."""

from collections.abc import Callable, Collection

import requests

from ui.client.problems import ProblemError, UnreachableError, problem
from ui.client.transport import TIMEOUT, path_of


def key_for(
    url: str,
    name: str,
    password: str,
    code: Callable[[], str],
    *,
    key_name: str,
    scope: Collection[str] | None = None,
    verify: bool | str = True,
) -> str:
    """The text of a new key of the person `name`; `code` is asked for a second factor where there is one.

    The session that it takes is ended again. Raises ClientError.
    """
    server = url.rstrip("/")
    with requests.Session() as session:
        session.verify = verify
        session.trust_env = False

        def ask(method: str, path: str, body: object = None, token: str = "") -> requests.Response:
            headers = {"X-CSRF-Token": token} if token else {}
            try:
                answer = session.request(
                    method, server + path, json=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
                )
            except requests.RequestException as error:
                raise UnreachableError(f"{server} does not answer: {error}") from error
            if 200 <= answer.status_code < 300:
                return answer
            raise _refused(answer)

        answer = ask("POST", path_of("session"), {"name": name, "password": password})
        if answer.status_code == 202:
            step = {"token": answer.json()["second_step"], "code": code()}
            answer = ask("POST", path_of("session", "second-step"), step)
        token = answer.json()["csrf_token"]
        try:
            body = {"name": key_name, "scope": None if scope is None else sorted(scope)}
            made = ask("POST", path_of("me", "keys"), body, token).json()
        finally:
            ask("DELETE", path_of("session"), token=token)
    return f"{made['id']}:{made['secret']}"


def _refused(answer: requests.Response) -> ProblemError | UnreachableError:
    try:
        return problem(answer.status_code, answer.json())
    except (ValueError, AttributeError):
        return UnreachableError(f"{answer.url}: what answers there is not Backdraft (it said {answer.status_code})")
