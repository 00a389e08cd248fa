"""Every answer that is no success, as a problem document (RFC 9457)."""

import json
import logging

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from composer.problem import ApiError, plain
from deployer.engines.interface import EngineError
from deployer.errors import DeployerError
from deployer.locks import BusyError

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger("backdraft.http")


def tell_problems(app: Flask) -> None:
    """Have `app` answer whatever goes wrong with a problem document."""
    app.register_error_handler(ApiError, answer)
    app.register_error_handler(HTTPException, lambda error: answer(_of_http(error)))
    app.register_error_handler(DeployerError, lambda error: answer(_of_deployer(error)))
    app.register_error_handler(Exception, _unexpected)


def answer(problem: ApiError) -> Response:
    """The response that tells `problem`."""
    content = problem.as_json() | {"instance": f"/requests/{g.get('request_id', '')}"}
    response = Response(json.dumps(content, ensure_ascii=False), problem.status, content_type=CONTENT_TYPE)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Backdraft realm="backdraft"'
    return response


def _of_http(error: HTTPException) -> ApiError:
    status = error.code or 500
    kind = (error.name or "error").lower().replace(" ", "-")
    return ApiError(status, kind, error.name or "Error", error.description or "")


def _of_deployer(error: DeployerError) -> ApiError:
    if isinstance(error, BusyError):
        return ApiError(409, "busy", "Something else is at work on it", str(error), retry_after=5)
    if isinstance(error, EngineError):
        return ApiError(503 if error.retry else 502, "engine", "The engine did not do it", str(error), retry_after=5)
    if not error.problems:
        return ApiError(422, "cannot-be-done", "That cannot be done", str(error))
    first = error.problems[0]
    return ApiError(
        422,
        "cannot-be-done",
        "That cannot be done",
        first.fault,
        first.path,
        first.remedy,
        more={"problems": list(map(plain, error.problems))},
    )


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected", exc_info=error)
    return answer(
        ApiError(
            500,
            "unexpected",
            "Something went wrong that should not",
            "the server's log tells more",
            remedy="tell whoever runs this server the instance",
        )
    )
