"""Every type of problem that the API answers with, what it means, and what a program can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from composer.guarding import for_everybody
from composer.problem import not_found

ADDRESS = "/problems/"


@dataclass(frozen=True)
class ProblemType:
    """A type of problem. `status` is that of the answer; the sentences are for people who write programs."""

    status: int
    meaning: str
    remedy: str


TYPES: Mapping[str, ProblemType] = {
    # who asks
    "not-signed-in": ProblemType(401, "Nobody is signed in, and the request is not signed.", "Sign the request."),
    "unreadable-signature": ProblemType(
        401, "The header of a signed request is not written as it should be.", "See `path` for which header."
    ),
    "wrong-signature": ProblemType(
        401,
        "No such key, or it signs that request otherwise.",
        "Check key and secret; compare the text that is signed.",
    ),
    "wrong-time": ProblemType(
        401, "The date of the request is more than five minutes off; `now` is the server's.", "Set the clock."
    ),
    "replayed": ProblemType(401, "A request of that signature was seen before.", "Sign each request anew."),
    "key-ended": ProblemType(401, "The key was revoked, has expired, or its person is gone.", "Make a new key."),
    "wrong-digest": ProblemType(400, "The body is not the one that was signed.", "Send the bytes that were hashed."),
    "denied": ProblemType(403, "Who asks is known and may not do that.", "Ask for a role, or a key of another scope."),
    "session-over": ProblemType(401, "The session has ended.", "Sign in again."),
    "needs-session": ProblemType(403, "Only a person who is signed in may do that, no key.", "Sign in."),
    "csrf": ProblemType(403, "A request of a session came without its token.", "Send X-CSRF-Token."),
    "foreign-origin": ProblemType(403, "A browser sent it from another site.", "Use the page of this server."),
    # how people come in
    "wrong-credentials": ProblemType(401, "Name and password do not fit together.", "Try again, or reset it."),
    "wrong-password": ProblemType(403, "The password that has to be given once more does not fit.", "Try again."),
    "wrong-code": ProblemType(
        401, "The code of a second factor does not fit (422 where one is set up).", "Try the next."
    ),
    "step-over": ProblemType(401, "The second step came too late.", "Sign in from the beginning."),
    "too-many-attempts": ProblemType(429, "Too many attempts to sign in.", "Wait for Retry-After."),
    "too-busy": ProblemType(503, "Too many people sign in at the moment.", "Wait for Retry-After."),
    "no-provider": ProblemType(404, "The server knows no OpenID Connect provider.", "Sign in with a password."),
    "provider": ProblemType(502, "The provider does not answer as it should.", "Try again later."),
    "provider-state": ProblemType(400, "The browser that comes back was not sent out.", "Sign in once more."),
    "provider-over": ProblemType(400, "Coming back from the provider took too long.", "Sign in once more."),
    "provider-refused": ProblemType(401, "The provider let nobody in.", "Sign in once more."),
    "not-invited": ProblemType(403, "The provider knows the person, and nobody has invited them.", "Ask for it."),
    "link-over": ProblemType(410, "The link was used, is too old, or never was.", "Ask for another."),
    "weak-password": ProblemType(422, "The password is too easy; `detail` says why.", "Choose a longer one."),
    "name-taken": ProblemType(409, "Somebody has that name or e-mail address.", "Choose another."),
    "no-mail": ProblemType(422, "This server sends no mail.", "Leave the address out, and hand over the link."),
    "has-second-factor": ProblemType(409, "There is a second factor already.", "Remove it first."),
    "no-second-factor": ProblemType(409, "There is no second factor.", "Set one up first."),
    "last-administrator": ProblemType(409, "The installation would have no administrator.", "Make another one first."),
    "last-owner": ProblemType(409, "The project would have no owner.", "Make another one first."),
    # what is asked
    "too-many-requests": ProblemType(429, "More requests than one caller may make.", "Wait for Retry-After."),
    "not-found": ProblemType(404, "There is no such thing, or you may not see it.", "Check its name."),
    "not-built": ProblemType(503, "The page was not built where the server runs.", "Run scripts/web there."),
    "method-not-allowed": ProblemType(405, "That address does not know that method.", "See `Allow`."),
    "bad-request": ProblemType(
        422,
        "The request does not have the form that the OpenAPI document asks for; `faults` has all places.",
        "Mend it.",
    ),
    "unsupported-media-type": ProblemType(415, "The body is of another type than it should be.", "Send JSON."),
    "length-required": ProblemType(411, "A signed body came without its length.", "Send Content-Length."),
    "request-entity-too-large": ProblemType(413, "The body is larger than the limit.", "Send less."),
    "another-name": ProblemType(
        422, "The schema calls itself otherwise than its project.", "Write the project's name."
    ),
    "exists": ProblemType(409, "There is something of that name.", "Choose another name."),
    "too-many": ProblemType(409, "There are as many as there may be.", "Remove some."),
    "bad-etag": ProblemType(400, "If-Match holds no ETag of a schema.", "Send the ETag as it was received."),
    "precondition-required": ProblemType(428, "A save has to say what was edited.", "Send If-Match."),
    "lost-update": ProblemType(
        412,
        "Somebody saved in between; `newest` and `base` are their text and the one that was edited.",
        "Merge, save again.",
    ),
    "bad-event-id": ProblemType(400, "Last-Event-ID is no id of an event.", "Send the last one that was received."),
    "too-many-streams": ProblemType(503, "As many streams are open as there may be.", "Close some; see Retry-After."),
    "schema-problems": ProblemType(422, "The schema has problems; `problems` has all of them.", "Mend the schema."),
    "not-a-tar": ProblemType(415, "Sources are sent as a plain tar.", "Send application/x-tar, uncompressed."),
    "too-large": ProblemType(413, "The sources are larger than the limit.", "Leave out what is not built from."),
    "not-confirmed": ProblemType(422, "The end of data is confirmed with the project's name.", "Write the name."),
    # what is done
    "key-reused": ProblemType(422, "The idempotency key came with another request before.", "Make a new key."),
    "another-plan": ProblemType(
        409, "It is no longer the plan that was agreed to; `plan` is the new one.", "Look again."
    ),
    "queue-full": ProblemType(429, "Too many deploys of the project wait.", "Wait, cancel some, or replace them."),
    "not-running": ProblemType(409, "Nothing of that component runs.", "Start it."),
    "not-there": ProblemType(409, "The job has not been deployed.", "Deploy."),
    "runs": ProblemType(409, "The job runs already.", "Wait for its end."),
    "no-command": ProblemType(422, "A command in a component has to be named.", "Name a program in `argv`."),
    "job-with-command": ProblemType(422, "A job runs what is drawn, and no other command.", "Leave `argv` out."),
    "bad-ticket": ProblemType(403, "The ticket of a terminal was used, is too old, or never was.", "Get another."),
    "needs-websocket": ProblemType(426, "A terminal is a WebSocket.", "Upgrade the connection."),
    "over": ProblemType(409, "The deploy is over: there is nothing to cancel.", "Look at its `state`."),
    "busy": ProblemType(409, "Something else is at work on the project.", "Wait for Retry-After."),
    "cannot-be-done": ProblemType(
        422,
        "What is drawn cannot be deployed, or what is asked for cannot be; `problems` has all that can be named.",
        "Mend them; or see `detail`.",
    ),
    "engine": ProblemType(502, "The Docker engine refused, or (503) did not answer.", "Look at the engine."),
    "unexpected": ProblemType(500, "Something went wrong that should not.", "Tell whoever runs the server `instance`."),
}


def table() -> str:
    """All of them, as docs/api.md shows them."""
    rows = (f"| `{name}` | {each.status} | {each.meaning} | {each.remedy} |" for name, each in TYPES.items())
    return "\n".join(("| type | status | means | what helps |", "|---|---|---|---|", *rows))


def problem_routes() -> Blueprint:
    """`/problems/<type>`: what the address of a problem leads to."""
    routes = Blueprint("problems", __name__)

    @routes.get(f"{ADDRESS}<problem>")
    @for_everybody
    def tell_problem(problem: str) -> Response:
        if problem not in TYPES:
            raise not_found(f"a problem of the type '{problem[:60]}'")
        found = TYPES[problem]
        return jsonify(type=ADDRESS + problem, status=found.status, meaning=found.meaning, remedy=found.remedy)

    return routes


if __name__ == "__main__":
    print(table())
