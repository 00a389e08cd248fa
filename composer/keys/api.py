"""The API of access keys: people make and revoke their own, administrators see and revoke all."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.api import Page
from composer.guarding import audited, for_people, for_the_signed_in, needs, principal
from composer.keys.store import MOST_OF_A_PERSON, AccessKey, Keys, TooManyKeysError
from composer.model import NAME_LENGTH, NAME_PATTERN
from composer.problem import ApiError, denied, not_found

_TAG = Tag(name="keys", description="Access keys, with which machines sign their requests.")
MOST_PROJECTS = 100


class KeyPath(BaseModel):
    """A key in the address."""

    key: str = Field(description="The key's id.", pattern=r"^bdk_[a-z0-9]{1,40}$")


class KeyOut(BaseModel):
    """An access key, without its secret. Times in seconds since 1970."""

    id: str
    name: str
    person: str = Field(description="The id of the person whose it is.")
    scope: list[Permission] | None = Field(description="What it may do, of what its person may; null: all of that.")
    projects: list[str] | None = Field(description="Where it may do it; null: wherever its person may.")
    made: float
    expires: float | None
    last_used: float | None = Field(description="Written at most once a minute.")
    revoked: float | None


class NewKeyOut(KeyOut):
    """An access key that was just made."""

    secret: str = Field(description="What requests are signed with; it is told this once.")


class KeysOut(BaseModel):
    """Access keys, newest first."""

    keys: list[KeyOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class NewKey(BaseModel):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="What it is for.")
    scope: list[Permission] | None = Field(
        None, min_length=1, max_length=20, description="What it may do; left out: all that you may."
    )
    projects: list[str] | None = Field(
        None, min_length=1, max_length=MOST_PROJECTS, description="Where; left out: wherever you may."
    )
    expires: float | None = Field(
        None, gt=0, lt=1e11, description="When it ends, in seconds since 1970; left out: when it is revoked."
    )


def key_routes(keys: Keys, clock: Callable[[], float] = time.time) -> APIBlueprint:
    """`/api/v1/me/keys` and `/api/v1/keys`."""
    api = APIBlueprint("keys", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @api.get("/me/keys", summary="Your keys", responses={200: KeysOut})
    @for_the_signed_in
    def list_my_keys(query: Page) -> Response:
        return _page(keys, principal().id, query)

    @api.post("/me/keys", summary="Make a key", responses={201: NewKeyOut})
    @for_people
    def make_key(body: NewKey) -> Response:
        who = principal()
        if body.expires is not None and body.expires <= clock():
            raise ApiError(422, "bad-request", "That time is over", str(body.expires), "expires", "name a later time")
        for number, project in enumerate(body.projects or ()):
            if not who.sees(project):
                raise _no_project(number, project)
        try:
            made, secret = keys.make(
                who.id,
                body.name,
                None if body.scope is None else frozenset(body.scope),
                None if body.projects is None else frozenset(body.projects),
                body.expires,
            )
        except TooManyKeysError:
            raise ApiError(
                409,
                "too-many",
                "You have too many keys",
                f"{MOST_OF_A_PERSON} keys of yours are in use",
                remedy="revoke those that nobody needs",
            ) from None
        audited(made.id, after=_plain(made))
        response = jsonify(_plain(made) | {"secret": secret})
        response.status_code = HTTPStatus.CREATED
        response.headers["Location"] = f"/api/v1/me/keys/{made.id}"
        return response

    @api.get("/me/keys/<key>", summary="A key of yours", responses={200: KeyOut})
    @for_the_signed_in
    def show_my_key(path: KeyPath) -> Response:
        return jsonify(_plain(_found(keys, path.key, principal().id)))

    @api.delete("/me/keys/<key>", summary="Revoke a key of yours", responses={204: None})
    @for_the_signed_in
    def revoke_my_key(path: KeyPath) -> Response:
        """A key may end itself and no other: whoever found one shall not lock its person out."""
        who = principal()
        found = _found(keys, path.key, who.id)
        if who.key and who.key != found.id:
            raise denied("a key may revoke itself and no other; sign in for that")
        return _revoked(keys, found)

    @api.get("/keys", summary="The keys of everybody", responses={200: KeysOut})
    @needs(Permission.ADMINISTER)
    def list_keys(query: Page) -> Response:
        return _page(keys, None, query)

    @api.delete("/keys/<key>", summary="Revoke anybody's key", responses={204: None})
    @needs(Permission.ADMINISTER)
    def revoke_key(path: KeyPath) -> Response:
        return _revoked(keys, _found(keys, path.key, None))

    return api


def _page(keys: Keys, person: str | None, page: Page) -> Response:
    found = keys.keys(person, page.cursor, page.limit + 1)
    shown = found[: page.limit]
    more = str(shown[-1].number) if len(found) > page.limit else None
    return jsonify(keys=[_plain(each) for each in shown], next=more)


def _found(keys: Keys, id: str, person: str | None) -> AccessKey:  # noqa: A002 (the word for it)
    found = keys.find(id)
    if found is None or person not in (None, found.person):
        raise not_found(f"key '{id}'")
    return found


def _revoked(keys: Keys, key: AccessKey) -> Response:
    if keys.revoke(key.id):
        audited(key.id, before=_plain(key))
    return Response(status=HTTPStatus.NO_CONTENT)


def _no_project(number: int, name: str) -> ApiError:
    shown = name if len(name) <= NAME_LENGTH else name[:NAME_LENGTH] + "…"
    return ApiError(
        422,
        "bad-request",
        "There is no such project here",
        f"'{shown}' is no project that you may see",
        f"projects/{number}",
        f"name projects of yours ({NAME_PATTERN})",
    )


def _plain(key: AccessKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "person": key.person,
        "scope": None if key.scope is None else sorted(key.scope),
        "projects": None if key.projects is None else sorted(key.projects),
        "made": key.made,
        "expires": key.expires,
        "last_used": key.last_used,
        "revoked": key.revoked,
    }
