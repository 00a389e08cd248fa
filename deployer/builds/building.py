"""One run of the engine's own builder, and the question whether it is needed."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import docker
import docker.errors
import requests

from deployer.builds.errors import BuildError, failure
from deployer.engines.docker_observation import readable

REPOSITORY = "backdraft.local"
RECIPE_LABEL = "backdraft.recipe"
BUILD_LABEL = "backdraft.build"
QUIET_SECONDS = 1800  # a build step may work this long without printing a line

STEPS = {
    "apt-get install": "installing packages",
    "pip install": "installing Python packages",
    "npm install": "installing Node.js packages",
    "COPY": "copying files",
    "RUN": "running a command",
}
"""What an instruction holds → how a person would say it."""

Progress = Callable[[str], None]


def run_build(
    engine: docker.APIClient,
    *,
    subject: str,
    context: IO[bytes],
    dockerfile: str,
    tag: str,
    arguments: Mapping[str, str],
    labels: Mapping[str, str],
    progress: Progress,
) -> str:
    """The id of the image that the builder makes of `context`; it carries the tag. Raises BuildError."""
    output: deque[str] = deque(maxlen=20)
    image = ""
    try:
        for event in engine.build(
            fileobj=context,
            custom_context=True,
            dockerfile=dockerfile,
            tag=tag,
            buildargs=dict(arguments),
            labels=dict(labels),
            rm=True,
            forcerm=True,
            decode=True,
            timeout=QUIET_SECONDS,
        ):
            image = str((event.get("aux") or {}).get("ID") or image)
            lines = [readable(line.rstrip()) for line in str(event.get("stream") or "").splitlines() if line.strip()]
            output.extend(lines)
            for sentence in filter(None, map(told, lines)):
                progress(f"building {subject}: {sentence}")
            if "error" in event:
                output.append(str(event["error"]).strip())
                raise failure(f"building {subject} failed", output, "correct what the last lines complain about")
    except (docker.errors.APIError, requests.RequestException) as error:
        raise failure(f"building {subject} failed", [*output, str(error)], "is the engine well?") from error
    if not image:
        raise failure(f"building {subject} gave no image", output, "look at the engine's log")
    return image


def told(line: str) -> str:
    """A line of the builder as a person would say it; empty where it is not worth a word."""
    if not line.startswith("Step "):
        return ""
    number, _, instruction = line.removeprefix("Step ").partition(" : ")
    what = next((words for start, words in STEPS.items() if start in instruction), "preparing")
    return f"{what} (step {number.replace('/', ' of ')})"


def labelled_image(engine: docker.APIClient, tag: str, label: str, value: str) -> str:
    """The id of the image with this tag if it carries the label with this value; empty otherwise."""
    try:
        image: dict[str, Any] = engine.inspect_image(tag)  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        return ""
    labels = (image.get("Config") or {}).get("Labels") or {}
    return str(image["Id"]) if labels.get(label) == value else ""


def image_id(engine: docker.APIClient, reference: str) -> str:
    """The id of the image of this name; empty when it is not on the engine."""
    try:
        return str(engine.inspect_image(reference)["Id"])  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        return ""


def present_image(engine: docker.APIClient, reference: str) -> str:
    """The id of an image that has to be on the engine. Raises BuildError when it is not."""
    if found := image_id(engine, reference):
        return found
    raise BuildError(f"the base image {reference} is not on this engine; pull it or build its recipe first")


_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def one_at_a_time(tag: str) -> Iterator[None]:
    """Two threads never build the same image."""
    with _locks[tag]:
        yield
