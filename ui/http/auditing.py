"""Every request that changed something leaves a deed in the audit log, unless its route says that it is none."""

from flask import Flask, Response, g, request

from composer.audit import Audit, Deed

SAFE = ("GET", "HEAD", "OPTIONS")


def keep_audit(app: Flask, audit: Audit) -> None:
    """Have every request of `app` that changes something and succeeds recorded."""

    @app.after_request
    def record(response: Response) -> Response:
        if request.method in SAFE or response.status_code >= 400 or request.endpoint is None:
            return response
        told = g.get("audited", {})
        if told is None:
            return response
        caller = g.get("principal")
        audit.record(
            Deed(
                who=str(caller) if caller else str(told.get("who", "")),
                what=request.endpoint.rpartition(".")[2],
                project=told.get("project") or str((request.view_args or {}).get("project", "")),
                target=told.get("target", ""),
                address=request.remote_addr or "",
                request=g.request_id,
                before=told.get("before"),
                after=told.get("after"),
            )
        )
        return response
