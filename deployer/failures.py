"""Failures as messages people can act on: what failed, what was expected, the last log lines, the likely remedy."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deployer.engines.interface import ContainerState
from deployer.errors import DeployerError

LOG_LINES = 20
STAYS_UP = "that it stays up"
SILENT = "it printed nothing; if it is killed for want of memory, raise `limits: {memory: …}`"
SHORTEST_MASKED = 4
"""Masking what is shorter would blacken every log and hide nothing that can be hidden."""


@dataclass(frozen=True)
class Failure:
    """One thing that went wrong in a deploy; component empty: the deploy as a whole.

    `path` is the place in the schema that it is about, where there is one, such as `components/api/publish`.
    """

    component: str
    replica: int
    what: str
    expected: str = ""
    log: tuple[str, ...] = ()
    remedy: str = ""
    path: str = ""

    def __str__(self) -> str:
        """The whole message, several lines."""
        place = f"{self.component} {self.replica}" if self.replica else self.path or self.component
        whose = f"{place}: " if place else ""
        lines = [f"{whose}{self.what}"]
        lines += [f"  expected: {self.expected}"] if self.expected else []
        lines += ["  its last lines:", *(f"    {line}" for line in self.log)] if self.log else []
        lines += [f"  what may help: {self.remedy}"] if self.remedy else []
        return "\n".join(lines)


@dataclass(frozen=True)
class Ending:
    """What is known of the ways a process ends: its exit code and what that means to people."""

    meaning: str
    remedy: str


ENDINGS = {
    126: Ending("the command cannot be executed", "check `command:` and that the file is executable"),
    127: Ending("the command was not found in the image", "check `command:` and what the image holds"),
    132: Ending("it met an instruction this processor lacks (SIGILL)", "use an image or a build for this host's"),
    134: Ending("it aborted (SIGABRT)", "its last lines tell why"),
    135: Ending("it crashed (SIGBUS)", "its disk may be full; try another version otherwise"),
    137: Ending("it was killed (SIGKILL)", "if it ran out of memory, raise `limits: {memory: …}`"),
    139: Ending("it crashed (SIGSEGV)", "the program or a library of it is broken; try another version"),
    143: Ending("it was asked to end (SIGTERM)", "something stopped it from outside; deploy again"),
}

MEMORY = "raise `limits: {memory: …}`"
FULL = "the engine's disk is full: `docker system df` shows by what"

REFUSALS = (
    (
        r"port is already allocated|address already in use",
        "another program has this port; publish another one, or stop it",
    ),
    (r"toomanyrequests|rate limit", "the registry wants you to wait; or use another: `backdraft images use mirror`"),
    (
        r"no such image|manifest unknown|manifest for .* not found|not found: manifest|pull access denied|name unknown"
        r"|repository does not exist|failed to resolve reference",
        "check the image's name and tag; one that is private takes `docker login` where the engine runs",
    ),
    (
        r"unauthorized|authentication required|no basic auth|denied: requested access",
        "the registry wants a login: `docker login` where the engine runs",
    ),
    (r"x509|certificate", "the engine does not trust the registry's certificate: give it the authority that signed it"),
    (
        r"no such host|dial tcp|i/o timeout|tls handshake timeout|temporary failure in name resolution",
        "the engine does not reach the registry; `backdraft images use mirror` or `local` does without",
    ),
    (r"no space left on device", FULL),
    (r"exec format error|no matching manifest", "the image is for another kind of processor; use one for this host's"),
    (
        r"executable file not found|no such file or directory: unknown",
        "the command is not in the image; check `command:`",
    ),
    (r'exec: ".*": permission denied', "the command is not executable; make it so in the image (chmod +x)"),
    (r"unable to find user", 'the image has no such user; use an image of the kind, or `relax: {root_user: "…"}`'),
    (r"minimum memory limit", MEMORY),
    (r"range of cpus", "this host has fewer cores; lower `limits: {cpus: …}`"),
    (r"read-only file system|erofs", 'it writes outside its volumes; mount one, or `relax: {writable_root: "…"}`'),
    (r"permission denied|operation not permitted", "it needs a right it was not given; see `relax:` in docs/schema.md"),
    (r"cannot assign requested address", "the address to publish on is not this host's"),
    (r"docker-init", "the engine lacks its init program; install the package `tini`"),
    (r"was taken meanwhile", "another network took these addresses meanwhile; deploy again"),
    (r"volume is in use|volume .* in use", "a container of others uses this volume: `docker ps --filter volume=NAME`"),
    (r"has active endpoints", "a container of others stands in this network: `docker network inspect NAME`"),
    (r"name .* is already in use", "a container of that name is not ours; rename or remove it"),
    (r"another image by now", "its image was replaced during the deploy; deploy again"),
    (r"does not answer|connection refused|timed out", "is the engine still up? `scripts/engine status` tells"),
)
"""What an engine says when it refuses, and what may help; the first that fits counts."""

COMPLAINTS = (
    (r"no space left on device", FULL),
    (r"read-only file system|erofs", 'it writes outside its volumes; mount one, or `relax: {writable_root: "…"}`'),
    (r"address already in use|eaddrinuse", "two programs in the container want the same port"),
    (
        r"(bind|listen).*(permission denied|eacces)|(permission denied|eacces).*(bind|listen|0\.0\.0\.0:|:::)",
        "ports below 1024 take a right it was not given; have it listen on a higher one",
    ),
    (
        r"memoryerror|cannot allocate memory|heap out of memory|std::bad_alloc|outofmemoryerror",
        f"it wants more memory than it may have; {MEMORY}",
    ),
    (
        r"can't start new thread|pthread_create|resource temporarily unavailable",
        "it wants more threads or processes than it may have; raise `limits: {pids: …}`",
    ),
    (
        r"password authentication failed|access denied for user|wrongpass|authentication failed",
        "the data volume was made with another password; restore it, or remove the volume",
    ),
    (
        r"database files are incompatible|initialized by postgresql version|unsupported redo log format",
        "the data was written by another version; set `settings: {version: …}` to that one",
    ),
    (
        r"name or service not known|could not translate host name|getaddrinfo|\benotfound|no such host"
        r"|name resolution|could not resolve host|nodename nor servname",
        "it looks for a host that is not drawn; draw a connection to it, or `egress: true` for one outside",
    ),
    (
        r"connection refused|econnrefused|could not connect|connection timed out|etimedout|network is unreachable"
        r"|no route to host",
        "a server that it needs does not answer it; draw a connection, and use the address that this gives",
    ),
    (
        r"modulenotfounderror|no module named|cannot find module|err_module_not_found",
        "a library is missing; name it in requirements.txt or package.json",
    ),
    (r"exec format error", "the program is for another kind of processor; build it for this host's"),
    (
        r"executable file not found|command not found|: not found",
        "the command is not in the image; check `command:`",
    ),
    (r"permission denied|operation not permitted", "it needs a right it was not given; see `relax:` in docs/schema.md"),
)
"""What a program prints before it ends, and what may help; the first that fits counts."""


def ended(
    component: str, replica: int, state: ContainerState, log: tuple[str, ...], expected: str = STAYS_UP
) -> Failure:
    """The failure of a container that ended when it should not, or not like that."""
    if state.state == "running":
        what = f"it ended soon after its start, and the engine started it again ({state.restarts} times)"
        remedy = remedy_of_log(log) or ("its last lines tell why" if log else SILENT)
        return Failure(component, replica, what, expected, log, remedy)
    ending = ENDINGS.get(state.exit_code)
    what = how_it_ended(state.exit_code, out_of_memory=state.out_of_memory)
    if state.out_of_memory:
        return Failure(component, replica, what, expected, log, MEMORY)
    remedy = remedy_for(state.error) or remedy_of_log(log) or (ending.remedy if ending else "its last lines tell why")
    return Failure(component, replica, what, expected, log, remedy)


def how_it_ended(exit_code: int, *, out_of_memory: bool = False) -> str:
    """A sentence on the end of a process: its exit code and what that means."""
    if out_of_memory:
        return f"it ran out of memory (exit code {exit_code})"
    ending = ENDINGS.get(exit_code)
    return f"it ended with exit code {exit_code}" + (f", {ending.meaning}" if ending else "")


def not_ready(component: str, replica: int, expected: str, seconds: float, log: tuple[str, ...]) -> Failure:
    """The failure of a container that runs and does not get ready in time."""
    remedy = remedy_of_log(log) or "if it only needs longer, raise `health: {timeout: …}`"
    return Failure(component, replica, f"it was not ready after {seconds:g} s", expected, log, remedy)


def refused(component: str, replica: int, message: str) -> Failure:
    """The failure of a call that the engine refused."""
    return Failure(component, replica, message, remedy=remedy_for(message))


def refusals(error: DeployerError) -> tuple[Failure, ...]:
    """What kept a deploy from being done: a failure for each problem, or one for all where none can be named."""
    return tuple(
        Failure(each.component, 0, each.fault, remedy=each.remedy or remedy_for(each.fault), path=each.path)
        for each in error.problems
    ) or (refused("", 0, str(error)),)


def refused_port(failure: Failure) -> int | None:
    """The port that the engine could not publish because something else has it, if that is what went wrong."""
    found = _TAKEN.search(failure.what)
    return int(found.group(1) or found.group(2)) if found else None


_TAKEN = re.compile(r":(\d+) failed: port is already allocated|:(\d+): bind: address already in use")


def without_repeats(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """`failures`, with the log of a component's replica left out where another one failed in the same way."""
    told: set[tuple[str, str]] = set()
    result = []
    for failure in failures:
        way = (failure.component, failure.what)
        result.append(replace(failure, log=(), remedy="") if way in told else failure)
        told.add(way)
    return tuple(result)


def masked(failure: Failure, secrets: Iterable[str]) -> Failure:
    """`failure` without any of `secrets`, which a container may have printed, a line of theirs at a time."""
    lines = {line.strip() for secret in secrets for line in secret.splitlines()}
    hidden = sorted((line for line in lines if len(line) >= SHORTEST_MASKED), key=lambda line: (-len(line), line))

    def without(text: str) -> str:
        for line in hidden:
            text = text.replace(line, "***")
        return text

    return replace(failure, what=without(failure.what), log=tuple(map(without, failure.log)))


def remedy_for(text: str) -> str:
    """The remedy for the first known fault that an engine speaks of in `text`, or empty."""
    return _first(REFUSALS, text)


def remedy_of_log(lines: Sequence[str]) -> str:
    """The remedy for the first known fault that a program complains of in its last `lines`, or empty."""
    return _first(COMPLAINTS, "\n".join(lines))


def _first(table: Iterable[tuple[str, str]], text: str) -> str:
    lowered = text.lower()
    return next((remedy for pattern, remedy in table if re.search(pattern, lowered)), "")
