"""What the worker does for each action: an intent and what it needs become a deploy, a rollback or a destruction."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path

from composer.catalogue import Catalogue
from composer.document import DocumentError, parse
from composer.journal import Journal
from composer.model import Problem, Schema
from composer.projects import Projects
from deployer.conflicts import Sees, nobody_may_know
from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.engines.docker import connect as connect_engine
from deployer.engines.interface import EngineError
from deployer.errors import DeployerError
from deployer.events import Message
from deployer.failures import refusals
from deployer.fencing import fenced
from deployer.git_access import of_server
from deployer.orders import Order, Outcome
from deployer.queue import Action, Ending, Queue, State
from deployer.store import Release, ReleaseOutcome, Store
from deployer.uploads import Uploads
from deployer.vault import Vault
from deployer.worker import Held, Performer

ENGINE_AWAY = 60.0
"""Seconds that a deploy waits for an engine that does not answer."""
AGAIN = 1.0
"""Seconds between two tries to reach it."""


class Performing:
    """Performs deploys, rollbacks and destructions on one engine."""

    def __init__(
        self,
        home: Path,
        catalogue: Catalogue,
        projects: Projects,
        store: Store,
        vault: Vault,
        queue: Queue,
        journal: Journal,
        uploads: Uploads,
        connect: Callable[[], DockerEngine] = connect_engine,
        patience: float = ENGINE_AWAY,
        git_key_file: Path | None = None,
    ) -> None:
        """`connect` gives an engine of one's own each time; an engine that is away is waited for `patience` seconds.
        `git_key_file` is a private key for repositories of projects that have none of their own.
        """
        self._git_access = of_server(vault, git_key_file)
        self.home = home
        self._catalogue = catalogue
        self._projects = projects
        self._store = store
        self._vault = vault
        self._queue = queue
        self._journal = journal
        self._uploads = uploads
        self._connect = connect
        self._patience = patience

    @property
    def performers(self) -> Mapping[str, Performer]:
        """Who performs what, by action."""
        return {Action.DEPLOY: self.deploy, Action.ROLLBACK: self.roll_back, Action.DESTROY: self.destroy}

    @contextmanager
    def deployer(self, sees: Sees) -> Iterator[Deployer]:
        """A deployer for a look, by somebody who `sees` those projects. Raises EngineError where no engine answers."""
        engine = self._connect()
        with closing(engine):
            yield self._made(engine, sees)

    def sources(self, project: str, schema: Schema, tree: str) -> AbstractContextManager[Path]:
        """Where the sources of a schema lie. Raises UploadError where it needs some and they are not there."""
        if tree:
            return nullcontext(self._uploads.directory(project, tree))
        needy = [name for name, each in schema.components.items() if each.source and not each.source.git]
        if needy:
            remedy = (
                "choose their folder on the canvas, or deploy from it with `backdraft deploy`; over the API: "
                f"PUT /api/v1/projects/{project}/sources, and name the tree in the deploy"
            )
            raise DeployerError.of(
                Problem(f"components/{name}/source/directory", "its files are not here", remedy) for name in needy
            )
        return self._uploads.nothing()

    def deploy(self, held: Held) -> Ending:
        """Make the schema of the intent run."""
        intent = held.intent
        return self._deployed(held, intent.schema_text, intent.source, None)

    def roll_back(self, held: Held) -> Ending:
        """Make an older release run again, with its very images."""
        release = self._store.release_to_run(held.intent.project, held.intent.base or 0)
        return self._deployed(held, release.schema_text, release.source, release)

    def destroy(self, held: Held) -> Ending:
        """Remove what runs; with the option `volumes` its data too; with `forget` the project, unless data is left."""
        if self._was_forgotten(held):
            return Ending(State.DONE)
        try:
            return self._seen_through(held, lambda: self._destroyed(held))
        except EngineError as error:
            held.lease.require()
            held.lease.renew()
            if (begun := held.lease.intent.release) is not None:
                why = refusals(error)
                self._store.finish(
                    held.intent.project, begun, ReleaseOutcome.FAILED, str(error), (), why, held.lease.intent
                )
            raise

    def _destroyed(self, held: Held) -> Ending:
        intent = held.intent
        volumes, forgets = bool(intent.options.get("volumes")), bool(intent.options.get("forget"))
        with self._fenced_deployer(held) as deployer:
            order = Order(who=intent.who, why=intent.why, lease=held.lease)
            outcome = deployer.destroy(intent.project, held.listener, volumes=volumes, order=order)
            left = deployer.data_volumes(intent.project) if outcome.ok else ()
        if outcome.ok and forgets and left:
            held.listener(Message(f"its data is kept in {', '.join(left)}, and so is the project that may open it"))
        elif outcome.ok and forgets:
            held.lease.require()
            self._forget(intent.project, intent.id)
        return _ending(outcome, held)

    def _deployed(self, held: Held, text: str, tree: str, release: Release | None) -> Ending:
        intent = held.intent
        order = Order(
            who=intent.who, why=intent.why, approved=intent.approved, release=release, source=tree, lease=held.lease
        )
        try:
            schema = parse(text)
        except DocumentError as error:
            raise DeployerError.of(error.problems) from error
        if schema.name != intent.project:
            raise DeployerError.of(
                [Problem("name", f"the schema is that of '{schema.name}', not of '{intent.project}'")]
            )

        def deploy() -> Ending:
            has_images = release is not None or held.lease.intent.release is not None
            where = self._uploads.nothing() if has_images else self.sources(intent.project, schema, tree)
            with where as directory, self._fenced_deployer(held) as deployer:
                return _ending(deployer.deploy(schema, text, directory, held.listener, order=order), held)

        return self._seen_through(held, deploy)

    def _seen_through(self, held: Held, perform: Callable[[], Ending]) -> Ending:
        """What `perform` answers; it is asked again while the engine is away and something stands half done."""
        end = time.monotonic() + self._patience
        while True:
            try:
                return perform()
            except DeployerError as error:
                held.lease.require()
                held.lease.renew()
                has_begun = held.lease.intent.release is not None
                if held.lease.is_cancelled and not has_begun:
                    return Ending(State.CANCELLED)
                is_away = isinstance(error, EngineError) and error.retry
                if not (is_away and has_begun) or time.monotonic() >= end:
                    raise
                # it is half done, and nobody else would go on or back
                held.listener(Message(f"the engine went away, and is waited for: {error}"))

    def _was_forgotten(self, held: Held) -> bool:
        """Whether another destroyed and forgot the project for this intent before it died.

        Whatever goes by that name since is somebody's new project.
        """
        intent = held.intent
        if intent.release is None or self._store.release(intent.project, intent.release) is not None:
            return False
        there = self._projects.find(intent.project)
        if there is not None and there.made <= intent.created:
            self._forget(intent.project, intent.id)
        return True

    def _forget(self, project: str, intent: int) -> None:
        """Nothing stays that whoever makes a project of that name next could look into."""
        self._store.forget(project)
        self._uploads.forget(project)
        self._queue.forget(project, but=intent)
        if self._projects.find(project) is not None:
            self._projects.remove(project)
            self._journal.write(project, "project.removed", {})

    @contextmanager
    def _fenced_deployer(self, held: Held) -> Iterator[Deployer]:
        engine = self._engine(held)
        with closing(engine):
            yield self._made(fenced(engine, held.lease.require), nobody_may_know)

    def _made(self, engine: DockerEngine, sees: Sees) -> Deployer:
        # what the server's environment holds, such as the password of its database, is for no schema to read
        return Deployer(
            engine,
            self._store,
            self._vault,
            self._catalogue,
            self.home,
            environment={},
            sees=sees,
            git_access=self._git_access,
        )

    def _engine(self, held: Held) -> DockerEngine:
        return await_engine(self._connect, held, self._patience)


def await_engine(connect: Callable[[], DockerEngine], held: Held, patience: float = ENGINE_AWAY) -> DockerEngine:
    """An engine that answers, waited for up to `patience` seconds. Raises EngineError where none does."""
    end = time.monotonic() + patience
    pause = threading.Event()
    is_told = False
    while True:
        try:
            engine = connect()
            engine.projects()
            return engine
        except EngineError as error:
            if not error.retry or time.monotonic() >= end or held.lease.is_to_stop():
                raise
            if not is_told:
                held.listener(Message(f"waiting up to {patience:g} s for the engine: {error}"))
                is_told = True
        pause.wait(AGAIN)


def _ending(outcome: Outcome, held: Held) -> Ending:
    if outcome.ok:
        state = State.DONE
    elif outcome.stopped_by:
        state = State.CANCELLED if held.lease.is_cancelled else State.INTERRUPTED
    else:
        state = State.FAILED
    return Ending(state, outcome.failures, outcome.release)
