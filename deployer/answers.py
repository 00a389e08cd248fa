"""What the API of deploys says and is told: the models of its document, and how they are made from values."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from composer.api import LARGEST_ID, LARGEST_SCHEMA, LARGEST_VERSION, ProjectPath
from deployer.comparing import ComponentChange
from deployer.effects import effects
from deployer.plan import Plan, as_json, digest, summary
from deployer.queue import Intent
from deployer.store import Release

LONGEST_WHY = 500
TREE = r"^([0-9a-f]{64})?$"
PLAN = r"^([0-9a-f]{24})?$"
SECRET = r"^[A-Za-z0-9_-]{1,100}$"  # noqa: S105 (a pattern of names)
LARGEST_SECRET = 65_536


class DeployPath(ProjectPath):
    """A deploy in the address."""

    deploy: int = Field(ge=1, le=LARGEST_ID, description="The deploy's id.")


class ReleasePath(ProjectPath):
    """A release in the address."""

    release: int = Field(ge=1, le=LARGEST_VERSION, description="The release's number.")


class TwoReleasesPath(ReleasePath):
    """Two releases in the address."""

    other: int = Field(ge=1, le=LARGEST_VERSION, description="The release to compare it with.")


class SecretPath(ProjectPath):
    """A secret in the address."""

    name: str = Field(pattern=SECRET, description="As `${secret.NAME}` writes it.")


class Drawn(BaseModel):
    """Which drawing is meant."""

    version: int | None = Field(
        None, ge=1, le=LARGEST_VERSION, description="A version of the schema; without it, the newest."
    )
    source: str = Field("", pattern=TREE, description="The tree of sources that were sent, if it needs any.")


class PlanIn(Drawn):
    """Which drawing a plan is made of: one that is saved, or a text that is not."""

    text: str | None = Field(None, max_length=LARGEST_SCHEMA, description="A schema that is not saved.")


class Wish(BaseModel):
    """How a deploy is queued."""

    why: str = Field("", max_length=LONGEST_WHY, description="A sentence for the history of releases.")
    plan: str = Field("", pattern=PLAN, description="The digest of the plan agreed to; another plan is refused.")
    replace: bool = Field(False, description="Take the place of the deploys of this project that wait.")


class DeployIn(Drawn, Wish):
    """A deploy to be queued."""


class DestroyQuery(BaseModel):
    """How a project ends."""

    confirm: str = Field("", max_length=100, description="The project's name, so that its data goes as well, for good.")
    why: str = Field("", max_length=LONGEST_WHY)


class StepOut(BaseModel):
    """One engine call with its cause."""

    number: int
    verb: str
    sign: str
    noun: str
    name: str
    component: str
    replica: int
    cause: str
    after: list[int]
    text: str = Field(description="The step as people read it.")


class EffectOut(BaseModel):
    """What becomes of a component."""

    component: str
    change: str = Field(description="create, remove, change, restart or adjust.")
    causes: list[str]
    interruption: str = Field(description="Why nobody answers for a moment; empty where somebody always does.")
    loses: list[str] = Field(description="Volumes that go with their data, for good.")


class PlanOut(BaseModel):
    """What would be done."""

    project: str
    digest: str = Field(description="What a deploy may be told to do exactly this, or nothing.")
    is_empty: bool
    summary: list[str] = Field(description="A line for each thing made (+), changed (~) and removed (-).")
    effects: list[EffectOut] = Field(description="What becomes of each component that is touched.")
    steps: list[StepOut]
    notes: list[str]


class FailureOut(BaseModel):
    """One thing that went wrong."""

    component: str = Field(description="Empty: the deploy as a whole.")
    replica: int
    path: str = Field(
        description="The place in the schema, such as `components/api/publish`; empty where there is none."
    )
    what: str
    expected: str
    log: list[str] = Field(description="Its last lines.")
    remedy: str


class DeployOut(BaseModel):
    """Something that is to be done to a project, or was."""

    id: int
    project: str
    action: str
    component: str = Field(description="Empty: all of it.")
    state: str = Field(description="waiting, running, done, failed, interrupted, cancelled or replaced.")
    who: str
    why: str
    source: str
    base: int | None = Field(description="The release it goes back to.")
    created: float = Field(description="When it was queued, in seconds since 1970.")
    began: float | None
    ended: float | None
    attempts: int = Field(description="How many workers have begun it; more than one where one died.")
    cancelled_by: str
    release: int | None = Field(description="The release it made; none where there was nothing to do.")
    failures: list[FailureOut]


class HappenedOut(BaseModel):
    """Something that happened, as the stream of events tells it."""

    id: int
    project: str
    kind: str = Field(description="deploy.queued, deploy.began, deploy.phase, deploy.message or deploy.ended.")
    at: float = Field(description="In seconds since 1970.")
    content: dict[str, Any]


class HappeningsOut(BaseModel):
    """What happened, oldest first."""

    events: list[HappenedOut]


class DeploysOut(BaseModel):
    """Deploys of a project, newest first."""

    deploys: list[DeployOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class SourcesOut(BaseModel):
    """Sources that were sent."""

    tree: str = Field(description="Their name, for the deploy that is made of them.")


class NewestSourcesOut(BaseModel):
    """The sources that were sent last."""

    tree: str | None = Field(description="Their name, for a plan or a deploy; none: none were sent, or they are gone.")
    at: float | None = Field(description="When they were sent, in seconds since 1970.")


class ImageOut(BaseModel):
    """The image of a component."""

    component: str
    name: str
    digest: str


class ReleaseOut(BaseModel):
    """What one deploy meant."""

    project: str
    number: int
    who: str
    why: str
    began: float
    ended: float | None
    outcome: str | None = Field(description="done, failed or interrupted; none while it runs, or once it was given up.")
    message: str
    is_end: bool = Field(description="Whether it is a destruction of the project, which cannot be gone back to.")
    images: list[ImageOut]


class ReleasesOut(BaseModel):
    """Releases of a project, newest first."""

    releases: list[ReleaseOut]
    next: str | None = Field(description="The cursor of the next page; none on the last one.")


class EventOut(BaseModel, extra="allow"):
    """Something that was told while it ran; `phase`, `step` or `message`, with its fields."""

    kind: str


class ReleaseDetails(ReleaseOut):
    """What one deploy meant, in full."""

    text: str = Field(description="The schema.", max_length=LARGEST_SCHEMA)
    steps: list[StepOut]
    events: list[EventOut]
    failures: list[FailureOut]


class ChangeOut(BaseModel):
    """A component that differs."""

    component: str
    change: str = Field(description="added, removed or changed.")
    what: list[str] = Field(description="The fields that changed.")


class ComparisonOut(BaseModel):
    """Two releases side by side."""

    before: int
    after: int
    schema_difference: str = Field(description="The lines that differ, as `diff -u` shows them.")
    components: list[ChangeOut]


class SecretIn(BaseModel):
    """The value of a secret; there is no way to read it back."""

    value: str = Field(min_length=1, max_length=LARGEST_SECRET)


class SecretOut(BaseModel):
    """That there is a secret."""

    name: str
    component: str = Field(description="Whose it is: empty for the project's own, else one that Backdraft made.")
    version: int = Field(description="Rises whenever its value changes.")


class SecretsOut(BaseModel):
    """The secrets of a project, without their values."""

    secrets: list[SecretOut]


def plan_out(plan: Plan) -> dict[str, Any]:
    """A plan as the API tells it."""
    return {
        "project": plan.project,
        "digest": digest(plan),
        "is_empty": plan.is_empty,
        "summary": summary(plan).splitlines(),
        "effects": [asdict(each) for each in effects(plan)],
        "steps": json.loads(as_json(plan))["steps"],
        "notes": list(plan.notes),
    }


def deploy_out(intent: Intent) -> dict[str, Any]:
    """An intent as the API tells it."""
    names = (
        "id project action component who why source base created began ended cancelled_by release".split()  # noqa: SIM905
    )
    return {name: getattr(intent, name) for name in names} | {
        "state": intent.state.value,
        "attempts": intent.fence,
        "failures": [asdict(each) for each in intent.failures],
    }


def release_out(release: Release) -> dict[str, Any]:
    """A release as a list of the API tells it."""
    return {
        "project": release.project,
        "number": release.number,
        "who": release.who,
        "why": release.why,
        "began": release.began,
        "ended": release.ended,
        "outcome": release.outcome.value if release.outcome else None,
        "message": release.message,
        "is_end": release.is_end,
        "images": [
            {"component": name, "name": image.reference, "digest": image.id}
            for name, image in sorted(release.images.items())
        ],
    }


def release_details(release: Release) -> dict[str, Any]:
    """A release as the API tells it in full."""
    return release_out(release) | {
        "text": release.schema_text,
        "steps": json.loads(release.steps)["steps"] if release.steps else [],
        "events": [dict(each) for each in release.events],
        "failures": [asdict(each) for each in release.failures],
    }


def change_out(change: ComponentChange) -> Mapping[str, Any]:
    """What changed in a component."""
    return asdict(change)
