"""What a shell may offer for a word that is being typed: from what comes with us, what is remembered and what runs.

Nobody reads an error while typing, and nobody waits: what does not answer in time offers nothing.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import click
from click.shell_completion import CompletionItem

import templates
from composer.home import home_path

if TYPE_CHECKING:
    from deployer.engines.docker import DockerEngine
    from deployer.store import Store

PATIENCE = 0.8
"""Seconds for all that is asked together, so that a shell has its answer within about one."""

HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*([/:][A-Za-z0-9_.-]*)?")
"""Anybody can give a container our labels; what a shell takes for more than a word is offered to nobody."""

Items = list[CompletionItem[str]]


class Source(Protocol):
    """Where names come from."""

    def projects(self) -> Iterable[str]:
        """The names of projects."""

    def components(self, project: str) -> Mapping[str, bool]:
        """The components of a project, each with whether it is a job."""


def projects(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Projects."""
    return _items(_asked(lambda source: source.projects()), incomplete)


def projects_or_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Projects, and the shell's own files: first, since a shell forgets what came before them."""
    return [CompletionItem(incomplete, type="file"), *projects(context, parameter, incomplete)]


def components(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Projects, and the components of the one that is meant: `shop`, `shop/api`."""
    return _items(_asked(lambda source: _targets(source, incomplete, only_jobs=False)), incomplete)


def jobs(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The jobs of the project that is meant: `shop/nightly`."""
    return _items(_asked(lambda source: _targets(source, incomplete, only_jobs=True)), incomplete)


def secrets(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The secrets that the project before it has, except those that were made for it."""

    def own(store: "Store") -> list[str]:
        return [name for owner, name in store.secret_versions(context.params["project"]) if not owner]

    return _items(_answers([lambda: own(_store())]), incomplete)


def stacks(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """What a project can begin with."""
    return _items((path.parent.name for path in templates.STACKS.glob("*/stack.yml")), incomplete)


def kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The kinds of components."""
    return _items((path.stem for path in templates.KINDS.glob("*.yml")), incomplete)


def recipes(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The images that can be built here, and after `postgres:` their versions."""
    from deployer.builds import recipes as known

    versions = (f"{each.name}:{version}" for each in known() for version in each.versions)
    return _items(versions if ":" in incomplete else (each.name for each in known()), incomplete)


class Remembered:
    """The names of what was deployed from this state folder, and where no engine can be asked, of its components."""

    def __init__(self) -> None:
        self._store = _store()

    def projects(self) -> Iterable[str]:
        """See `Source.projects`."""
        return self._store.projects()

    def components(self, project: str) -> Mapping[str, bool]:
        """See `Source.components`; those of the last good release."""
        from composer.document import parse
        from deployer.store import ReleaseOutcome

        release = self._store.last(project, ReleaseOutcome.DONE)
        drawn = parse(release.schema_text).components if release and not release.is_end else {}
        return {name: component.kind == "job" for name, component in drawn.items()}


class Running:
    """The names of what stands on the engine."""

    def __init__(self) -> None:
        self._engine = _engine()

    def projects(self) -> Iterable[str]:
        """See `Source.projects`."""
        return self._engine.projects()

    def components(self, project: str) -> Mapping[str, bool]:
        """See `Source.components`."""
        from deployer.labels import COMPONENT, RUN

        found = self._engine.observe(project).containers
        return {each.labels[COMPONENT]: each.labels.get(RUN) == "job" for each in found if COMPONENT in each.labels}


def _asked(question: Callable[[Source], Iterable[str]]) -> set[str]:
    return _answers([lambda: question(Remembered()), lambda: question(Running())])


def _answers(questions: Iterable[Callable[[], Iterable[str]]]) -> set[str]:
    """What those answer that do so in time, together."""
    end = time.monotonic() + PATIENCE
    found: set[str] = set()

    def ask(question: Callable[[], Iterable[str]]) -> None:
        with suppress(Exception):
            found.update(list(question()))

    threads = [threading.Thread(target=ask, args=(question,), daemon=True) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return set(found)


def _targets(source: Source, incomplete: str, *, only_jobs: bool) -> Iterator[str]:
    name, slash, _ = incomplete.partition("/")
    meant = [name] if slash else [each for each in source.projects() if each.startswith(name)]
    if not only_jobs and not slash:
        yield from meant
    for project in meant if len(meant) == 1 else ():
        for component, is_job in source.components(project).items():
            if is_job or not only_jobs:
                yield f"{project}/{component}"
    if only_jobs and len(meant) > 1:
        yield from (f"{project}/" for project in meant)


def _items(words: Iterable[str], incomplete: str) -> Items:
    """Those of `words` that go on from what was typed and hold nothing a shell could take for anything else."""
    fitting = sorted({word for word in words if word.startswith(incomplete) and HARMLESS.fullmatch(word)})
    return [CompletionItem(word) for word in fitting]


def _store() -> "Store":
    from composer.db import is_up_to_date
    from deployer.store import Store

    home = home_path()
    if not is_up_to_date(home):
        raise LookupError(home)  # a word that is typed makes no state folder, and changes none
    return Store(home)


def _engine() -> "DockerEngine":
    from deployer.engines.docker import connect

    return connect()
