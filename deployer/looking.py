"""The lookout: how a project is, next to what its last release that went well wanted."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from composer.catalogue import Catalogue
from composer.document import parse
from composer.model import Schema
from deployer import labels
from deployer.addresses import assigned
from deployer.desired import ResolvedImage, desired_state
from deployer.engines.interface import Engine, EngineError
from deployer.errors import DeployerError
from deployer.keeping import Sight, as_released, at_rest, drift_of, with_real_names
from deployer.live_status import Wanted, live_status, unknown
from deployer.model import DesiredState, ObservedState
from deployer.networks import drawn_networks
from deployer.plan import Plan
from deployer.queue import Action, Queue, State
from deployer.reconcile import reconcile
from deployer.schedule import ScheduledJob, scheduled_jobs
from deployer.status import ReplicaStatus
from deployer.store import Release, ReleaseOutcome, Store
from deployer.vault import Vault
from deployer.watchbook import Watchbook
from deployer.wiring import Surroundings

Reach = Callable[[], Engine]
"""The engine, connected to when it is first needed. Raises EngineError while none answers."""


@dataclass(frozen=True)
class Look:
    """A project as it was seen at one moment.

    `release` is the last that went well, if any. `made_until` is when the last deploy or healing of ours ended, in
    seconds since 1970: what stood then is what was wanted. `fault` says why what is wanted cannot be told.
    """

    project: str
    observed: ObservedState
    release: Release | None = None
    desired: DesiredState = field(default_factory=lambda: DesiredState(""))
    stopped: Mapping[str, str] = field(default_factory=dict)
    made_until: float = 0.0
    fault: str = ""

    @property
    def statuses(self) -> tuple[ReplicaStatus, ...]:
        """Every replica with its state and its reason; none of a project that was destroyed."""
        if self.is_ended:
            return ()
        return live_status(Wanted(self.desired, self.made_until, self.stopped), self.observed)

    @property
    def is_ended(self) -> bool:
        """Whether nothing of it stands there but data: somebody destroyed it."""
        return not self.observed.containers and not self.observed.networks

    @cached_property
    def plan(self) -> Plan:
        """What would make it as the release wanted it."""
        observed, real = as_released(self.desired, self.observed, self.made_until)
        return with_real_names(reconcile(*at_rest(self.desired, observed, self.stopped)), real)


class Lookout:
    """Looks at projects. Safe to use from several threads."""

    def __init__(
        self,
        reach: Reach,
        store: Store,
        vault: Vault,
        catalogue: Catalogue,
        queue: Queue,
        watchbook: Watchbook,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reach = reach
        self._store = store
        self._vault = vault
        self._catalogue = catalogue
        self._queue = queue
        self._watchbook = watchbook
        self._environment = environment
        self._clock = clock

    def projects(self) -> tuple[str, ...]:
        """Every project that was ever deployed from this installation; sorted."""
        return self._store.deployed()

    def components(self, project: str) -> Mapping[str, str]:
        """The components of the last release that went well, and how each runs: `service` or `job`."""
        release = self._store.last(project, ReleaseOutcome.DONE)
        if release is None:
            return {}
        schema = _parsed(release.schema_text)
        return {name: self._catalogue[each.kind].run for name, each in schema.components.items()}

    def scheduled_jobs(self, project: str) -> tuple[ScheduledJob, ...]:
        """The scheduled jobs of a project that are deployed. Raises EngineError."""
        return scheduled_jobs(self._reach().observe(project))

    def look(self, project: str, images: Mapping[str, ResolvedImage] | None = None) -> Look:
        """How a project is now; `images` are named otherwise by now than the release did.

        Raises EngineError where the engine does not tell.
        """
        engine = self._reach()
        observed = engine.observe_closely(project)
        release = self._store.last(project, ReleaseOutcome.DONE)
        if release is None or release.is_end:
            return Look(project, observed)
        cpus = engine.capacity().cpus
        look = Look(
            project,
            observed,
            release,
            stopped=self._watchbook.stopped(project, release.began),
            made_until=self._made_until(release),
        )
        if labels.other_installations(observed, self._store.installation()):
            return replace(look, fault="what stands there was deployed from another state folder")
        try:
            return replace(look, desired=self._desired(release, observed, images or {}, cpus))
        except DeployerError as error:
            return replace(look, fault=f"what release {release.number} wanted cannot be told here: {error}")

    def statuses(self, project: str) -> tuple[ReplicaStatus, ...]:
        """Every replica as it is now; unknown, as it was last seen, where the engine does not tell."""
        try:
            return self.look(project).statuses
        except EngineError as error:
            return unknown(self._watchbook.statuses(project), str(error))

    def sight(self, look: Look, *, is_paused: bool) -> Sight:
        """What the keeper judges."""
        if look.release is None or look.is_ended:
            return Sight(is_deployed=False)
        last = self._store.last(look.project)
        if self._queue.unfinished(look.project) or (last is not None and last.outcome is None):
            return Sight(is_busy=True)
        if look.fault:
            return Sight(fault=look.fault)
        causes, places = drift_of(look.plan)
        return Sight(causes, places, is_paused=is_paused)

    def _made_until(self, release: Release) -> float:
        ours = (
            each.ended or 0.0
            for each in self._queue.intents(release.project)
            if each.action in _MAKING and each.state is State.DONE
        )
        return max(release.ended or 0.0, *ours, 0.0)

    def _desired(
        self, release: Release, observed: ObservedState, renamed: Mapping[str, ResolvedImage], cpus: float
    ) -> DesiredState:
        if not release.images:
            raise DeployerError("it was made by an older Backdraft, which kept no names of images (deploy again)")
        schema = _parsed(release.schema_text)
        networks = assigned(drawn_networks(schema, self._catalogue), observed, release.project)
        surroundings = Surroundings(self._vault.versions(release.project), self._environment, cpus)
        images = _complete({**release.images, **renamed}, schema)
        return desired_state(schema, self._catalogue, images, networks, surroundings)


_MAKING = (Action.HEAL, Action.START)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Schema:
    return parse(text)


def _complete(images: Mapping[str, ResolvedImage], schema: Schema) -> Mapping[str, ResolvedImage]:
    missing = sorted(schema.components.keys() - images.keys())
    if missing:
        raise DeployerError(f"its image of '{missing[0]}' was not kept (deploy again)")
    return images
