"""Getting wanted images onto an engine: pulled, or built from a recipe or from source."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from composer.model import Problem
from deployer import gate
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.errors import DeployerError
from deployer.images.errors import ImageError
from deployer.images.origin import engine_name
from deployer.images.wanted import Pull, RecipeBuild, SourceBuild, Wanted

PARALLEL = 2
LOOK = 0.2
"""Seconds between two looks whether to stop."""
LEAVING = 1.5
"""Seconds that what is under way has to tidy up after Ctrl-C; then it is left, and ends with this process."""

Progress = Callable[[str, str], None]
"""Told (component, sentence), one at a time."""

Missing = Mapping[str, tuple[str, Wanted]]
"""Reference -> the first component that wants it, and what it wants."""


class FetchStoppedError(DeployerError):
    """Somebody asked for the end while images were fetched; what runs was not touched."""


def fetch_missing(
    wanted: Mapping[str, Wanted],
    engine: DockerEngine,
    progress: Progress,
    is_to_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Pull or build what is not on the engine, two at a time. Raises ImageError or BuildError for the first to fail.

    After a failure what is under way is waited for; after Ctrl-C, or once `is_to_stop` says so (FetchStoppedError), no
    longer than LEAVING.
    """
    for missing in missing_images(wanted, _present(wanted, engine)):
        _fetch_all(missing, engine, progress, is_to_stop)


def missing_images(wanted: Mapping[str, Wanted], present: Iterable[str]) -> tuple[Missing, Missing]:
    """What is not among the names `present`, each once: first what stands alone, then what is built over that."""
    names = set(present)
    first: dict[str, tuple[str, Wanted]] = {}
    then: dict[str, tuple[str, Wanted]] = {}
    for component, image in wanted.items():
        if engine_name(image.reference) in names:
            continue
        if not isinstance(image, SourceBuild):
            first.setdefault(engine_name(image.reference), (component, image))
            continue
        then.setdefault(image.reference, (component, image))
        if image.base and engine_name(image.base.reference) not in names:
            first.setdefault(engine_name(image.base.reference), (component, image.base))
    return first, then


def _present(wanted: Mapping[str, Wanted], engine: DockerEngine) -> set[str]:
    """The names that need not be fetched. A recipe that changed counts for the gate only: the others are built anew
    when their author says so, since what runs from them would be replaced.
    """
    filters = wanted.get(gate.COMPONENT)
    names = _names(wanted)
    if not isinstance(filters, RecipeBuild):
        return set(engine.image_ids(names))
    from deployer.builds import is_current, recipe_named

    present = set(engine.image_ids(names - {filters.reference}))
    if is_current(engine.client, recipe_named(filters.recipe), filters.version, filters.base):
        present.add(filters.reference)
    return present


def _names(wanted: Mapping[str, Wanted]) -> set[str]:
    bases = [image.base for image in wanted.values() if isinstance(image, SourceBuild) and image.base]
    return {engine_name(image.reference) for image in [*wanted.values(), *bases]}


def _fetch_all(missing: Missing, engine: DockerEngine, progress: Progress, is_to_stop: Callable[[], bool]) -> None:
    # not an executor: at its end Python waits for an executor's threads, and these may be deep in a long answer
    waiting = iter(missing.values())
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    alone = threading.Lock()
    stop, left = threading.Event(), threading.Event()

    def tell(component: str, text: str) -> None:
        with alone:
            if left.is_set():
                raise KeyboardInterrupt
            progress(component, text)

    def work() -> None:
        try:
            while not stop.is_set():
                with alone:
                    component, image = next(waiting, ("", None))
                if image is None:
                    break
                _fetch(image, component, engine, tell)
            ended.put(None)
        except BaseException as error:
            stop.set()
            ended.put(error)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(PARALLEL, len(missing)))]
    try:
        for worker in workers:
            worker.start()
        failures = list(filter(None, [_next(ended, is_to_stop) for _ in workers]))
    except (KeyboardInterrupt, FetchStoppedError) as asked:
        stop.set()
        left.set()
        end = time.monotonic() + LEAVING
        for worker in filter(threading.Thread.is_alive, workers):
            worker.join(max(0.0, end - time.monotonic()))
        raise type(asked)("stopped while images were fetched; what runs was not touched") from None
    if failures:
        raise failures[0]


def _next(ended: "queue.SimpleQueue[BaseException | None]", is_to_stop: Callable[[], bool]) -> BaseException | None:
    while not is_to_stop():
        with suppress(queue.Empty):
            return ended.get(timeout=LOOK)
    raise FetchStoppedError("stopped")


def _fetch(image: Wanted, component: str, engine: DockerEngine, progress: Progress) -> None:
    def tell(text: str) -> None:
        progress(component, text)

    match image:
        case Pull(reference):
            _pull(engine, reference, component, tell)
        case RecipeBuild():
            _build_recipe(image, component, engine, tell)
        case SourceBuild():
            _build_source(image, component, engine, tell)


def _pull(engine: DockerEngine, reference: str, component: str, tell: Callable[[str], None]) -> None:
    try:
        engine.pull(engine_name(reference), tell)
    except EngineError as error:
        remedy = "check the name and that its registry answers, or `backdraft images use mirror` or `local`"
        raise ImageError.of([Problem(_path(component), str(error), remedy)]) from error


def _build_recipe(image: RecipeBuild, component: str, engine: DockerEngine, tell: Callable[[str], None]) -> None:
    from deployer.builds import build_recipe, recipe_named

    if image.base and not engine.image_ids([engine_name(image.base)]):
        _pull(engine, image.base, component, tell)
    build_recipe(engine.client, recipe_named(image.recipe), image.version, tell, base=image.base)


def _build_source(image: SourceBuild, component: str, engine: DockerEngine, tell: Callable[[str], None]) -> None:
    from deployer.builds import build_source, source_digest

    if source_digest(image.directory) != image.digest:
        # the reference promises the content that was looked at
        fault = f"{image.directory} changed since the deploy began"
        raise ImageError.of([Problem(f"{_path(component)}/source", fault, "deploy again")])
    build_source(
        engine.client,
        directory=image.directory,
        recipe=image.template,
        base=image.base.reference if image.base else "",
        tag=image.reference,
        origin=image.checkout.labels if image.checkout else {},
        progress=tell,
    )


def _path(component: str) -> str:
    return "the gate" if component == gate.COMPONENT else f"components/{component}"
