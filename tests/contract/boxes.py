"""Containers for contract tests: hardened as Backdraft hardens them, and gone when the test is over."""

from __future__ import annotations

import contextlib
import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import docker
import docker.errors

LABEL = "backdraft.test"
SCRATCH = ("/tmp", "/run")  # noqa: S108 the container's own
Result = TypeVar("Result")


@dataclass(frozen=True)
class Box:
    """One running container."""

    engine: docker.APIClient
    id: str

    def state(self) -> dict[str, Any]:
        return dict(self.engine.inspect_container(self.id)["State"])

    @property
    def address(self) -> str:
        networks = self.engine.inspect_container(self.id)["NetworkSettings"]["Networks"]
        return str(next(iter(networks.values()))["IPAddress"])

    def logs(self) -> str:
        return self.engine.logs(self.id).decode(errors="replace")

    def run(self, *argv: str, user: str = "", environment: Mapping[str, str] | None = None) -> str:
        """The output of a command inside; fails the test when the command fails."""
        code, output = self.attempt(*argv, user=user, environment=environment)
        assert code == 0, f"{argv} ended with {code}: {output}"
        return output

    def attempt(self, *argv: str, user: str = "", environment: Mapping[str, str] | None = None) -> tuple[int, str]:
        process = self.engine.exec_create(self.id, list(argv), user=user, environment=dict(environment or {}))
        output = self.engine.exec_start(process["Id"]).decode(errors="replace")
        return self.engine.exec_inspect(process["Id"])["ExitCode"], output.strip()

    def talk(self, port: int, words: bytes = b"", until: bytes = b"\n") -> bytes:
        """What the server answers to these words, up to and with `until`, or all it has to say."""
        with socket.create_connection((self.address, port), timeout=5) as connection:
            connection.sendall(words)
            heard = b""
            while until not in heard:
                chunk = connection.recv(65536)
                if not chunk:
                    break
                heard += chunk
            return heard

    def get(self, port: int, path: str = "/") -> str:
        request = f"GET {path} HTTP/1.0\r\nHost: test\r\n\r\n".encode()
        return self.talk(port, request, until=b"\0never\0").decode(errors="replace")

    def is_open(self, port: int) -> bool:
        try:
            socket.create_connection((self.address, port), timeout=1).close()
        except OSError:
            return False
        return True

    def until(self, question: Callable[[], Result], seconds: float = 60) -> Result:
        """The first true answer; fails with the container's log when it ends or time runs out."""
        begin = time.monotonic()
        problem: object = "no true answer"
        while time.monotonic() - begin < seconds:
            try:
                answer = question()
                if answer:
                    return answer
            except (OSError, AssertionError, docker.errors.APIError) as error:
                problem = error
            assert self.state()["Running"], f"the container ended:\n{self.logs()}"
            time.sleep(0.02)
        raise AssertionError(f"{problem} within {seconds} s:\n{self.logs()}")

    def stop(self, seconds: int = 20) -> int:
        """Ask it to stop as the engine would; its exit code."""
        self.engine.stop(self.id, timeout=seconds)
        return int(self.state()["ExitCode"])

    def ended_by(self, signal: str) -> int:
        """Its exit code after this signal, given until it is heard: some are deaf right after a start."""
        for _ in range(100):
            with contextlib.suppress(docker.errors.APIError):
                self.signal(signal)
            if not self.state()["Running"]:
                return int(self.state()["ExitCode"])
            time.sleep(0.1)
        raise AssertionError(f"{signal} did not end the container:\n{self.logs()}")

    def restart(self) -> None:
        self.engine.restart(self.id, timeout=20)

    def signal(self, name: str) -> None:
        self.engine.kill(self.id, name)


@dataclass
class Boxes:
    """Makes containers and volumes, and removes them all."""

    engine: docker.APIClient
    made: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def volume(self) -> str:
        name = f"backdraft-test-{uuid.uuid4().hex[:12]}"
        self.engine.create_volume(name, labels={LABEL: "1"})
        self.volumes.append(name)
        return name

    def start(
        self,
        image: str,
        *command: str,
        user: str = "",
        environment: Mapping[str, str] | None = None,
        files: Mapping[str, Path] | None = None,
        volumes: Mapping[str, str] | None = None,
        tmpfs: Sequence[str] = SCRATCH,
        capabilities: Sequence[str] = (),
        hardened: bool = True,
        network: str = "bridge",
    ) -> Box:
        """A started container; `files` and `volumes` go from the path inside to what lies there."""
        binds = [f"{source}:{target}:ro" for target, source in (files or {}).items()]
        binds += [f"{name}:{target}" for target, name in (volumes or {}).items()]
        hardening: dict[str, Any] = {
            "cap_drop": ["ALL"],
            "cap_add": list(capabilities),
            "security_opt": ["no-new-privileges"],
            "read_only": True,
            "tmpfs": dict.fromkeys(tmpfs, "mode=1777"),
        }
        container = self.engine.create_container(
            image,
            list(command) or None,
            user=user or None,
            environment=dict(environment or {}),
            labels={LABEL: "1"},
            host_config=self.engine.create_host_config(
                binds=binds, init=True, network_mode=network, **(hardening if hardened else {})
            ),
        )
        self.made.append(container["Id"])
        self.engine.start(container["Id"])
        return Box(self.engine, container["Id"])

    def remove_all(self) -> None:
        for made in self.made:
            self.engine.remove_container(made, force=True, v=True)
        for name in self.volumes:
            self.engine.remove_volume(name, force=True)
