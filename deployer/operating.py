"""What the queue asks for between deploys: healing, and the start, stop and restart of a component."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from deployer import images
from deployer.conflicts import conflicts, nobody_may_know
from deployer.engines.docker import DockerEngine
from deployer.errors import DeployerError
from deployer.executor import Run, execute
from deployer.failures import Failure, without_repeats
from deployer.fencing import fenced
from deployer.locks import one_deploy
from deployer.looking import Look, Lookout
from deployer.model import Secret
from deployer.operations import Planner, restarting, starting, stopping
from deployer.plan import CreateContainer, Plan
from deployer.queue import Action, Ending, State
from deployer.store import Store
from deployer.vault import Vault
from deployer.watchbook import Watchbook
from deployer.worker import Held, Performer


class Operations:
    """Performs what is no deploy. What it does can be done again from any point, so it may be resumed by another."""

    def __init__(
        self,
        reach: Callable[[], DockerEngine],
        store: Store,
        vault: Vault,
        lookout: Lookout,
        watchbook: Watchbook,
        home: Path,
    ) -> None:
        self._reach = reach
        self._store = store
        self._vault = vault
        self._lookout = lookout
        self._watchbook = watchbook
        self._home = home

    def performers(self) -> Mapping[str, Performer]:
        """Who performs what, by action."""
        return {
            Action.HEAL: self.heal,
            Action.START: self.start,
            Action.STOP: self.stop,
            Action.RESTART: self.restart,
        }

    def heal(self, held: Held) -> Ending:
        """Make a project again as its last release wanted it; nothing, where it is so by now or was destroyed."""
        project = held.intent.project
        with one_deploy(self._home, project, lambda holder: not held.lease.is_to_stop()):
            engine = fenced(self._reach(), held.lease.require)
            look = self._lookout.look(project)
            if look.release is None or look.is_ended:
                return Ending(State.DONE)
            _refuse_fault(look)
            look = self._with_kept_images(engine, look)
            if faults := conflicts(look.desired, look.observed, nobody_may_know):
                raise DeployerError.of(faults)
            return self._carried_out(look.plan, engine, held)

    def start(self, held: Held) -> Ending:
        """Start a component, and let it be kept running."""
        self._watchbook.start(held.intent.project, held.intent.component)
        return self._operate(held, starting)

    def stop(self, held: Held) -> Ending:
        """Stop a component, and have it left so until somebody starts it, or deploys."""
        self._watchbook.stop(held.intent.project, held.intent.component, held.intent.who)
        return self._operate(held, stopping)

    def restart(self, held: Held) -> Ending:
        """Restart a component, one replica after another."""
        self._watchbook.start(held.intent.project, held.intent.component)
        return self._operate(held, restarting)

    def _operate(self, held: Held, planned: Planner) -> Ending:
        project, component = held.intent.project, held.intent.component
        with one_deploy(self._home, project, lambda holder: not held.lease.is_to_stop()):
            engine = fenced(self._reach(), held.lease.require)
            look = self._lookout.look(project)
            _refuse_fault(look)
            plan = planned(replace(look.desired, project=project), look.observed, component)
            return self._carried_out(plan, engine, held)

    def _with_kept_images(self, engine: DockerEngine, look: Look) -> Look:
        """The same look, where each image that is needed goes by a name that still stands for it."""
        made = {step.component for step in look.plan.steps if isinstance(step.operation, CreateContainer)}
        release = look.release
        if not made or release is None:
            return look
        needed = {component: image for component, image in release.images.items() if component in made}
        return self._lookout.look(look.project, images.kept_images(engine, look.project, release.number, needed))

    def _carried_out(self, plan: Plan, engine: DockerEngine, held: Held) -> Ending:
        def reveal(secret: Secret) -> str:
            return self._vault.value(plan.project, secret.owner, secret.name)

        run = execute(plan, engine, reveal, held.listener, self._store.installation(), held.lease.is_to_stop)
        held.lease.require()
        return _ending(run, is_cancelled=held.lease.is_cancelled)


def _refuse_fault(look: Look) -> None:
    if look.fault:
        raise DeployerError(f"{look.project}: {look.fault}")


def _ending(run: Run, *, is_cancelled: bool) -> Ending:
    failures: tuple[Failure, ...] = without_repeats(run.failures)
    if run.interrupted:
        return Ending(State.CANCELLED if is_cancelled else State.INTERRUPTED, failures)
    return Ending(State.DONE if run.ok else State.FAILED, failures)
