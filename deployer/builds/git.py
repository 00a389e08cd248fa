"""One run of git: over https and ssh only, asking nobody, and bounded in time, in what it prints and what it stores.

Whoever writes a schema chooses the address, the branch and the directory; whoever pushes chooses the content. Neither
may choose what runs here: docs/decisions/git-sources.md says what git is denied for that, and what it is not.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SSH_CONFIG = "BACKDRAFT_SSH_CONFIG"
"""Names a file for ssh to read instead of ~/.ssh/config, such as that of a service without a home."""

FROM_OPERATOR = re.compile(
    "GIT_(SSL_(CAINFO|CAPATH|CERT|KEY)|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|(KEY|VALUE)_[0-9]+))"
)
"""The variables of git that are passed on: whom to trust, and where its configuration is."""

OF_TRUST = re.compile("GIT_SSL_(CAINFO|CAPATH)")
"""Of those, the ones that say whom to trust and nothing of who asks."""
IDENTITY = ("HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "KRB5CCNAME", "NETRC")
"""Where it stands who the user of this process is: her files, her agent, her tickets."""
NOWHERE = "/nonexistent"

FIXED = {
    "GIT_ALLOW_PROTOCOL": "https:ssh",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_SSH_VARIANT": "ssh",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOC_LIMIT": "1g",  # what one object may cost in memory: a few bytes can stand for very many
    "LC_ALL": "C",
    "LANGUAGE": "",
}

SETTINGS = (
    "protocol.ext.allow=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.bigFileThreshold=16m",
    "credential.interactive=false",
    "http.emptyAuth=false",
    "http.sslVerify=true",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1",
    "gc.auto=6700",
    "gc.autoDetach=false",
    "gc.autoPackLimit=20",
    "gc.pruneExpire=now",
)
"""These have the last word over every file of configuration."""

SSH = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=15",
    "ServerAliveInterval=10",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "PermitLocalCommand=no",
)

SSH_AS_NOBODY = (
    "IdentityAgent=none",
    "IdentitiesOnly=yes",
    "PreferredAuthentications=publickey",
    "GSSAPIAuthentication=no",
    "HostbasedAuthentication=no",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
)

TICK = 0.1
LEAVING = 2.0
"""Seconds that git has to tidy up once it is asked to end."""
SHOWN_BYTES = 8192

Stopped = Callable[[], bool]
"""Whether Ctrl-C was pressed."""


@dataclass(frozen=True)
class Identity:
    """As whom git runs. `is_users_own`: as the user of this process, with her configuration and all that it opens.

    Otherwise as nobody: only `key_file`, a private key for ssh, opens anything, and hosts are known by `known_hosts`
    beside the files of this machine.
    """

    is_users_own: bool = True
    key_file: Path | None = None
    known_hosts: Path | None = None


USERS_OWN = Identity()


class GitError(Exception):
    """A run of git that did not end well; `said` is the end of what it complained."""

    def __init__(self, said: str = "") -> None:
        super().__init__(said)
        self.said = said


class GitMissingError(GitError):
    """There is no git on this machine."""


class GitTooOldError(GitError):
    """This git does not know an option it is given."""


class GitTookTooLongError(GitError):
    """It was ended because its time was up."""


class GitTookTooMuchError(GitError):
    """It was ended because it printed or stored more than it may."""


class GitStoppedError(GitError):
    """It was ended because Ctrl-C was pressed."""


@dataclass(frozen=True)
class Bounds:
    """What one run may take: `seconds`, bytes it prints, and bytes by which `folder` grows."""

    seconds: float
    printed: int = 4 * 2**20
    folder: Path | None = None
    stored: int = 0


def run(arguments: Sequence[str], bounds: Bounds, stopped: Stopped, identity: Identity = USERS_OWN) -> bytes:
    """What `git ARGUMENTS` prints. Raises GitError; nothing of it runs on after that."""
    end = time.monotonic() + bounds.seconds
    most = _size(bounds.folder) + bounds.stored
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        with _started(arguments, subprocess.DEVNULL, output, complaints, identity) as process:
            while not _has_ended(process):
                if stopped():
                    raise GitStoppedError
                if time.monotonic() > end:
                    raise GitTookTooLongError(_last(complaints))
                printed = os.fstat(output.fileno()).st_size + os.fstat(complaints.fileno()).st_size
                if printed > bounds.printed or (bounds.folder and _size(bounds.folder) > most):
                    raise GitTookTooMuchError(_last(complaints))
        _refuse_failure(process.returncode, complaints)
        if os.fstat(output.fileno()).st_size > bounds.printed:
            raise GitTookTooMuchError(_last(complaints))
        output.seek(0)
        return output.read()


@contextmanager
def output(arguments: Sequence[str], given: bytes, seconds: float, identity: Identity) -> Iterator[IO[bytes]]:
    """What `git ARGUMENTS` prints when it is `given` something to read, as it comes. Raises GitError at the end.

    After `seconds` git is ended, and what it prints with it.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as complaints:
        source.write(given)
        source.seek(0)
        with _started(arguments, source, subprocess.PIPE, complaints, identity) as process:
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            try:
                assert process.stdout is not None  # noqa: S101 # it was asked for
                yield process.stdout
                process.stdout.close()
                process.wait()
            finally:
                timer.cancel()
        _refuse_failure(process.returncode, complaints)


def environment(own: Mapping[str, str], identity: Identity = USERS_OWN) -> dict[str, str]:
    """What git finds in its environment, given `own`: no variable that makes it run programs or skip checks.

    Nothing that says who the user of this process is, unless it runs as her.
    """
    passed = FROM_OPERATOR if identity.is_users_own else OF_TRUST
    kept = {name: value for name, value in own.items() if not name.startswith("GIT_") or passed.fullmatch(name)}
    if identity.is_users_own:
        return {**kept, **FIXED, "GIT_SSH_COMMAND": ssh_command(own.get(SSH_CONFIG, ""))}
    kept = {name: value for name, value in kept.items() if name not in IDENTITY}
    nothing = {"HOME": NOWHERE, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return {**kept, **FIXED, **nothing, "GIT_SSH_COMMAND": ssh_command_as_nobody(identity)}


def ssh_command(config: str) -> str:
    """How git calls ssh: never asking, never trusting a host it does not know."""
    options = [word for option in SSH for word in ("-o", option)]
    return shlex.join(["ssh", *(["-F", config] if config else []), *options])


def ssh_command_as_nobody(identity: Identity) -> str:
    """How git calls ssh where nothing of its user may be used: no file of hers, no agent, no key but the given one."""
    known = [f'"{identity.known_hosts}"'] if identity.known_hosts else []
    options = [
        *SSH,
        *SSH_AS_NOBODY,
        f"UserKnownHostsFile={' '.join([*known, '~/.ssh/known_hosts'])}",
        *([f'IdentityFile="{identity.key_file}"'] if identity.key_file else ["PubkeyAuthentication=no"]),
    ]
    return shlex.join(["ssh", "-F", "/dev/null", *(word for option in options for word in ("-o", option))])


@contextmanager
def _started(
    arguments: Sequence[str],
    given: int | IO[bytes],
    printed: int | IO[bytes],
    complaints: IO[bytes],
    identity: Identity,
) -> Iterator[subprocess.Popen[bytes]]:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    try:
        process = subprocess.Popen(
            ["git", "--no-pager", *settings, *arguments],
            stdin=given,
            stdout=printed,
            stderr=complaints,
            env=environment(os.environ, identity),
            start_new_session=True,  # no terminal to ask on, and a group that can be ended as one
        )
    except FileNotFoundError as error:
        raise GitMissingError from error
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and whatever it started, unless it has ended by itself."""
    if process.returncode is None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):  # nobody of the group is left
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(LEAVING)
    if process.stdout:
        process.stdout.close()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(TICK)
    return process.returncode is not None


def _refuse_failure(code: int, complaints: IO[bytes]) -> None:
    if code == 129:
        raise GitTooOldError(_last(complaints))
    if code != 0:
        raise GitError(_last(complaints) or f"it ended with code {code}")


def _last(complaints: IO[bytes]) -> str:
    size = os.fstat(complaints.fileno()).st_size
    said = os.pread(complaints.fileno(), SHOWN_BYTES, max(0, size - SHOWN_BYTES))
    return said.decode(errors="replace").strip()


def _size(folder: Path | None) -> int:
    """Bytes of all files below `folder`; a file that goes meanwhile counts nothing."""
    total = 0
    for where, _, names in os.walk(folder) if folder else ():
        for name in names:
            with suppress(OSError):
                total += (Path(where) / name).lstat().st_size
    return total
