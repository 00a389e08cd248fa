"""The API of deploys: plans, the queue, releases and the way back to them, sources, secrets, the end of a project."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.api import Page, ProjectPath
from composer.catalogue import Catalogue
from composer.document import DocumentError, parse
from composer.guarding import audited, needs, principal
from composer.journal import Journal
from composer.judgement import judged
from composer.model import Schema
from composer.problem import ApiError, denied, not_found, plain
from composer.projects import Project, Projects
from deployer import answers
from deployer.answers import (
    ComparisonOut,
    DeployIn,
    DeployOut,
    DeployPath,
    DeploysOut,
    DestroyQuery,
    HappeningsOut,
    NewestSourcesOut,
    PlanIn,
    PlanOut,
    ReleaseDetails,
    ReleasePath,
    ReleasesOut,
    SecretIn,
    SecretPath,
    SecretsOut,
    SourcesOut,
    TwoReleasesPath,
    Wish,
)
from deployer.builds.context import MAX_SOURCE_BYTES
from deployer.comparing import component_changes, schema_difference
from deployer.engines.interface import EngineError
from deployer.performing import Performing
from deployer.plan import Plan, digest
from deployer.queue import Action, Intent, KeyReusedError, NotWaitingError, Queue, QueueFullError
from deployer.store import Release, Store
from deployer.uploads import Uploads, UploadTooLargeError
from deployer.vault import Vault

ARCHIVE = "application/x-tar"
MOST_EVENTS = 5_000
_TOLD = ("deploy.queued", "deploy.began", "deploy.phase", "deploy.message", "deploy.ended")
_TAG = Tag(name="deploys", description="What is done to projects: plans, deploys, releases, secrets.")
_QUEUED: dict[str | int | HTTPStatus, Any] = {HTTPStatus.ACCEPTED: DeployOut}


class KeyHeader(BaseModel):
    """What a caller calls its request, so that sending it twice does it once."""

    key: str = Field("", alias="Idempotency-Key", max_length=100, pattern=r"^[\x21-\x7e]*$")


class Archive(RawModel):
    """A tar of the directory in which the schema lies."""

    mimetypes = [ARCHIVE]  # noqa: RUF012 (the library's own form)


def deploy_routes(
    projects: Projects,
    journal: Journal,
    catalogue: Catalogue,
    queue: Queue,
    store: Store,
    vault: Vault,
    uploads: Uploads,
    performing: Performing,
) -> APIBlueprint:
    """Everything below `/api/v1/projects/<project>` that is about what runs."""
    api = APIBlueprint("deploys", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[_TAG])
    desk = _Desk(projects, catalogue, queue, store, performing)

    @api.post("/plan", summary="What a deploy would do now", responses={200: PlanOut})
    @needs(Permission.READ)
    def plan_deploy(path: ProjectPath, body: PlanIn) -> Response:
        desk.project(path.project)
        text = body.text if body.text is not None else desk.drawn(path.project, body.version)
        return jsonify(answers.plan_out(desk.plan(path.project, text, body.source)))

    @api.post("/deploys", summary="Queue a deploy", responses=_QUEUED)
    @needs(Permission.DEPLOY)
    def queue_deploy(path: ProjectPath, header: KeyHeader, body: DeployIn) -> Response:
        desk.project(path.project)
        wish = _wish(path.project, Action.DEPLOY, body.why, header.key, body.model_dump(), approved=body.plan)
        if known := desk.repeated(wish):
            return _accepted(known)
        text = desk.drawn(path.project, body.version)
        schema = desk.judged(text)
        with performing.sources(path.project, schema, body.source):
            if body.plan:
                desk.refuse_another_plan(body.plan, path.project, text, body.source)
        return desk.queued(wish, {"schema_text": text, "source": body.source}, replaces=body.replace)

    @api.get("/deploys", summary="What was done, and what is to be", responses={200: DeploysOut})
    @needs(Permission.READ)
    def list_deploys(path: ProjectPath, query: Page) -> Response:
        desk.project(path.project)
        found = queue.intents(path.project, query.cursor, query.limit + 1)
        page = found[: query.limit]
        more = str(page[-1].id) if len(found) > query.limit else None
        return jsonify(deploys=list(map(answers.deploy_out, page)), next=more)

    @api.get("/deploys/<int:deploy>", summary="One deploy", responses={200: DeployOut})
    @needs(Permission.READ)
    def show_deploy(path: DeployPath) -> Response:
        return jsonify(answers.deploy_out(desk.intent(path.project, path.deploy)))

    @api.get("/deploys/<int:deploy>/events", summary="What was told of it so far", responses={200: HappeningsOut})
    @needs(Permission.READ)
    def show_deploy_events(path: DeployPath) -> Response:
        """For whoever comes in the middle; the stream of events tells what follows. Old ones are forgotten."""
        found = desk.intent(path.project, path.deploy)
        told = journal.of_project(path.project, found.created - 1, _TOLD, MOST_EVENTS)
        return jsonify(events=[asdict(each) for each in told if each.content.get("deploy") == found.id])

    @api.post("/deploys/<int:deploy>/cancel", summary="End a deploy", responses={202: DeployOut})
    @needs(Permission.DEPLOY)
    def cancel_deploy(path: DeployPath) -> Response:
        """End one that waits, or have one that runs go back to what ran before."""
        found = desk.intent(path.project, path.deploy)
        if found.action == Action.DESTROY and not principal().may(Permission.MANAGE, path.project):
            raise denied(f"that takes the permission '{Permission.MANAGE}' in {path.project}")
        try:
            cancelled = queue.cancel(found.id, str(principal()))
        except NotWaitingError as error:
            raise ApiError(409, "over", "It is over", str(error)) from error
        audited(f"deploy {found.id}", {"state": found.state}, {"state": cancelled.state})
        return _accepted(cancelled)

    @api.get("/releases", summary="The releases", responses={200: ReleasesOut})
    @needs(Permission.READ)
    def list_releases(path: ProjectPath, query: Page) -> Response:
        desk.project(path.project)
        found = store.newest(path.project, query.cursor, query.limit + 1)
        page = found[: query.limit]
        more = str(page[-1].number) if len(found) > query.limit else None
        return jsonify(releases=list(map(answers.release_out, page)), next=more)

    @api.get("/releases/<int:release>", summary="One release, in full", responses={200: ReleaseDetails})
    @needs(Permission.READ)
    def show_release(path: ReleasePath) -> Response:
        return jsonify(answers.release_details(desk.release(path.project, path.release)))

    @api.get("/releases/<int:release>/compare/<int:other>", summary="Compare two", responses={200: ComparisonOut})
    @needs(Permission.READ)
    def compare_releases(path: TwoReleasesPath) -> Response:
        before, after = desk.release(path.project, path.release), desk.release(path.project, path.other)
        return jsonify(_comparison(before, after))

    @api.post("/releases/<int:release>/plan", summary="What going back would do now", responses={200: PlanOut})
    @needs(Permission.READ)
    def plan_rollback(path: ReleasePath) -> Response:
        return jsonify(answers.plan_out(desk.plan_back(desk.release_to_run(path.project, path.release))))

    @api.post("/releases/<int:release>/rollback", summary="Go back to a release", responses=_QUEUED)
    @needs(Permission.DEPLOY)
    def queue_rollback(path: ReleasePath, header: KeyHeader, body: Wish) -> Response:
        """Run its schema again with its very images; nothing is built."""
        release = desk.release_to_run(path.project, path.release)
        told = body.model_dump() | {"release": release.number}
        why = body.why or f"back to release {release.number}"
        wish = _wish(path.project, Action.ROLLBACK, why, header.key, told, approved=body.plan, base=release.number)
        if known := desk.repeated(wish):
            return _accepted(known)
        if body.plan:
            desk.refuse_another_plan_back(body.plan, release)
        return desk.queued(wish, {}, replaces=body.replace)

    @api.delete("", summary="End a project", responses=_QUEUED)
    @needs(Permission.MANAGE)
    def end_project(path: ProjectPath, header: KeyHeader, query: DestroyQuery) -> Response:
        """Remove its containers and networks; with `confirm` its data for good.

        The project ends with it, and then is answered with 404; while data is left it stays.
        """
        desk.project(path.project)
        if query.confirm not in ("", path.project):
            raise ApiError(
                422,
                "not-confirmed",
                "That is not the project's name",
                query.confirm,
                "confirm",
                f"write {path.project} to remove its data for good, or leave it out to keep it",
            )
        wish = _wish(path.project, Action.DESTROY, query.why, header.key, query.model_dump())
        if known := desk.repeated(wish):
            return _accepted(known)
        options = {"volumes": query.confirm == path.project, "forget": True}
        return desk.queued(wish, {"options": options}, replaces=True)

    @api.put("/sources", summary="Send sources", responses={200: SourcesOut})
    @needs(Permission.DEPLOY)
    def send_sources(path: ProjectPath, raw: Archive) -> Response:
        """Send a tar of the directory in which the schema lies; a deploy names the tree that comes back."""
        desk.project(path.project)
        if request.mimetype != ARCHIVE or request.content_encoding:
            raise ApiError(415, "not-a-tar", "That is no tar archive", remedy=f"send an uncompressed tar as {ARCHIVE}")
        request.max_content_length = MAX_SOURCE_BYTES
        try:
            tree = uploads.put(path.project, request.stream)
        except UploadTooLargeError as error:
            raise ApiError(413, "too-large", "The sources are too large", str(error)) from error
        audited("sources", after={"tree": tree})
        return jsonify(tree=tree)

    @api.get("/sources", summary="The sources that were sent last", responses={200: NewestSourcesOut})
    @needs(Permission.READ)
    def newest_sources(path: ProjectPath) -> Response:
        desk.project(path.project)
        tree, at = uploads.newest(path.project) or (None, None)
        return jsonify(tree=tree, at=at)

    @api.get("/secrets", summary="The names of secrets", responses={200: SecretsOut})
    @needs(Permission.READ)
    def list_secrets(path: ProjectPath) -> Response:
        desk.project(path.project)
        found = vault.versions(path.project)
        return jsonify(
            secrets=[{"name": name, "component": owner, "version": version} for (owner, name), version in found.items()]
        )

    @api.put("/secrets/<name>", summary="Set a secret", responses={HTTPStatus.NO_CONTENT: None})
    @needs(Permission.SET_SECRETS)
    def put_secret(path: SecretPath, body: SecretIn) -> Response:
        """Set a secret of the project, or replace it; the next deploy gives it to those who use it."""
        desk.project(path.project)
        vault.put(path.project, path.name, body.value)
        journal.write(path.project, "secret.set", {"name": path.name, "who": str(principal())})
        audited(path.name)
        return Response(status=HTTPStatus.NO_CONTENT)

    @api.delete("/secrets/<name>", summary="Forget a secret", responses={HTTPStatus.NO_CONTENT: None})
    @needs(Permission.SET_SECRETS)
    def forget_secret(path: SecretPath) -> Response:
        """Forget a secret of the project; what runs keeps it until the next deploy."""
        desk.project(path.project)
        if not vault.remove(path.project, path.name):
            raise not_found(f"secret {path.name} of {path.project}")
        journal.write(path.project, "secret.removed", {"name": path.name, "who": str(principal())})
        audited(path.name)
        return Response(status=HTTPStatus.NO_CONTENT)

    return api


class _Desk:
    """What several routes ask and do; every odd case is a problem that an answer tells."""

    def __init__(
        self, projects: Projects, catalogue: Catalogue, queue: Queue, store: Store, performing: Performing
    ) -> None:
        self._projects = projects
        self._catalogue = catalogue
        self._queue = queue
        self._store = store
        self._performing = performing

    def project(self, name: str) -> Project:
        found = self._projects.find(name)
        if found is None:
            raise not_found(f"project '{name}'")
        return found

    def drawn(self, project: str, version: int | None) -> str:
        draft = self._projects.draft(project, version)
        if draft is None:
            raise not_found(f"version {version} of {project}" if version else f"project '{project}'")
        return draft.text

    def intent(self, project: str, deploy: int) -> Intent:
        self.project(project)
        found = self._queue.find(deploy)
        if found is None or found.project != project:
            raise not_found(f"deploy {deploy} of {project}")
        return found

    def release(self, project: str, number: int) -> Release:
        self.project(project)
        found = self._store.release(project, number)
        if found is None:
            raise not_found(f"release {number} of {project}")
        return found

    def release_to_run(self, project: str, number: int) -> Release:
        self.release(project, number)
        return self._store.release_to_run(project, number)

    def judged(self, text: str) -> Schema:
        found = judged(text, self._catalogue)
        if found.schema is None or found.problems:
            first = found.problems[0]
            raise ApiError(
                422,
                "schema-problems",
                "The schema has problems",
                f"{first.path}: {first.fault}",
                first.path,
                first.remedy,
                more={"problems": list(map(plain, found.problems))},
            )
        return found.schema

    def plan(self, project: str, text: str, source: str) -> Plan:
        schema = self.judged(text)
        if schema.name != project:
            # a plan of another project would tell what runs there
            raise ApiError(
                422, "another-name", "The schema has another name", f"it calls itself '{schema.name}'", "name"
            )
        with (
            self._performing.sources(project, schema, source) as directory,
            self._performing.deployer(principal().sees) as deployer,
        ):
            return deployer.plan(schema, directory, _unheard)

    def plan_back(self, release: Release) -> Plan:
        with self._performing.deployer(principal().sees) as deployer:
            return deployer.plan_back(release.project, release.number, _unheard)

    def refuse_another_plan(self, approved: str, project: str, text: str, source: str) -> None:
        try:
            plan = self.plan(project, text, source)
        except EngineError:
            return  # the worker looks again, once the engine answers
        _refuse_another(approved, plan)

    def refuse_another_plan_back(self, approved: str, release: Release) -> None:
        try:
            plan = self.plan_back(release)
        except EngineError:
            return
        _refuse_another(approved, plan)

    def repeated(self, wish: Intent) -> Intent | None:
        try:
            return self._queue.repeated(wish)
        except KeyReusedError as error:
            raise _key_reused(error) from error

    def queued(self, wish: Intent, more: Mapping[str, Any], *, replaces: bool) -> Response:
        intent = Intent(**{name: getattr(wish, name) for name in _ASKED} | dict(more))
        try:
            made = self._queue.put(intent, replaces=replaces)
        except KeyReusedError as error:
            raise _key_reused(error) from error
        except QueueFullError as error:
            raise ApiError(429, "queue-full", "Too much waits already", str(error), retry_after=10) from error
        audited(f"deploy {made.id}", after={"action": made.action, "why": made.why, "base": made.base})
        return _accepted(made)


_ASKED = ("project", "action", "who", "why", "base", "approved", "key", "request")


def _wish(
    project: str, action: str, why: str, key: str, told: Mapping[str, Any], approved: str = "", base: int | None = None
) -> Intent:
    fingerprint = hashlib.sha256(json.dumps([action, dict(told)], sort_keys=True).encode()).hexdigest()
    who = str(principal())
    return Intent(project, action, who, why, base=base, approved=approved, key=key, request=fingerprint)


def _accepted(intent: Intent) -> Response:
    response = jsonify(answers.deploy_out(intent))
    response.status_code = HTTPStatus.ACCEPTED
    response.headers["Location"] = f"/api/v1/projects/{intent.project}/deploys/{intent.id}"
    return response


def _refuse_another(approved: str, plan: Plan) -> None:
    if digest(plan) != approved:
        raise ApiError(
            409,
            "another-plan",
            "The plan is no longer the one you agreed to",
            "what runs, or the drawing, has changed since",
            "plan",
            "look at the new plan, and deploy with its digest",
            more={"plan": answers.plan_out(plan)},
        )


def _key_reused(error: KeyReusedError) -> ApiError:
    return ApiError(
        422,
        "key-reused",
        "That key came with another request",
        str(error),
        "Idempotency-Key",
        "use a new key for each request",
    )


def _comparison(before: Release, after: Release) -> dict[str, Any]:
    try:
        schemas = parse(before.schema_text), parse(after.schema_text)
    except DocumentError as error:
        raise ApiError(422, "cannot-be-done", "That cannot be compared", str(error)) from error
    names = f"release {before.number}", f"release {after.number}"
    return {
        "before": before.number,
        "after": after.number,
        "schema_difference": schema_difference(before.schema_text, after.schema_text, *names),
        "components": list(
            map(answers.change_out, component_changes(*schemas, before.digests, after.digests)),
        ),
    }


def _unheard(event: object) -> None:
    """Nobody watches while an answer is made."""
