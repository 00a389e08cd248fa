"""Failures as messages people can act on."""

import pytest

from deployer.engines.interface import ContainerState
from deployer.failures import (
    Failure,
    ended,
    masked,
    not_ready,
    refused,
    refused_port,
    remedy_for,
    remedy_of_log,
    without_repeats,
)


@pytest.mark.parametrize(
    ("state", "log", "message"),
    [
        (
            ContainerState("exited", 3),
            ("a", "b"),
            "api 2: it ended with exit code 3\n  expected: that it stays up\n  its last lines:\n    a\n    b\n"
            "  what may help: its last lines tell why",
        ),
        (
            ContainerState("exited", 127),
            (),
            "api 2: it ended with exit code 127, the command was not found in the image\n  expected: that it stays up\n"
            "  what may help: check `command:` and what the image holds",
        ),
        (
            ContainerState("exited", 137, out_of_memory=True),
            (),
            "api 2: it ran out of memory (exit code 137)\n  expected: that it stays up\n"
            "  what may help: raise `limits: {memory: …}`",
        ),
        (
            ContainerState("running", restarts=4),
            (),
            "api 2: it ended soon after its start, and the engine started it again (4 times)\n"
            "  expected: that it stays up\n"
            "  what may help: it printed nothing; if it is killed for want of memory, raise `limits: {memory: …}`",
        ),
        (
            ContainerState("exited", 1),
            ("OSError: [Errno 30] Read-only file system: '/x'",),
            "api 2: it ended with exit code 1\n  expected: that it stays up\n  its last lines:\n"
            "    OSError: [Errno 30] Read-only file system: '/x'\n"
            '  what may help: it writes outside its volumes; mount one, or `relax: {writable_root: "…"}`',
        ),
    ],
)
def test_an_ending_is_told_with_its_meaning_last_lines_and_remedy(state, log, message):
    assert str(ended("api", 2, state, log)) == message


def test_one_that_is_not_ready_is_told_with_what_was_expected():
    assert str(not_ready("api", 1, "that port 80 accepts a connection", 1.5, ())) == (
        "api 1: it was not ready after 1.5 s\n  expected: that port 80 accepts a connection\n"
        "  what may help: if it only needs longer, raise `health: {timeout: …}`"
    )


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Bind for 127.0.0.1:80 failed: port is already allocated", "another program has this port"),
        ("listen tcp4 127.0.0.1:80: bind: address already in use", "another program has this port"),
        ("manifest unknown", "check the image's name and tag"),
        ("manifest for redis:99 not found: manifest unknown: manifest unknown", "check the image's name and tag"),
        (
            "pull access denied for x, repository does not exist or may require 'docker login': denied: x",
            "check the image's",
        ),
        ('failed to resolve reference "docker.io/library/x:1": not found', "check the image's name and tag"),
        ("toomanyrequests: You have reached your pull rate limit", "the registry wants you to wait"),
        ("unauthorized: authentication required", "the registry wants a login"),
        ("denied: requested access to the resource is denied", "the registry wants a login"),
        ("x509: certificate signed by unknown authority", "the engine does not trust the registry's certificate"),
        ("dial tcp: lookup registry-1.docker.io: no such host", "the engine does not reach the registry"),
        ("net/http: TLS handshake timeout", "the engine does not reach the registry"),
        ("no matching manifest for linux/arm64/v8 in the manifest list", "the image is for another kind of processor"),
        ("write /x: no space left on device", "the engine's disk is full"),
        ('exec: "nope": executable file not found in $PATH', "the command is not in the image"),
        ('exec: "/run.sh": permission denied: unknown', "the command is not executable"),
        ("exec /run.sh: exec format error", "the image is for another kind of processor"),
        ("unable to find user nobody2", "the image has no such user"),
        ("Minimum memory limit allowed is 6MB", "raise `limits: {memory: …}`"),
        ("range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available", "this host has fewer cores"),
        ("could not create network a.b: 10.1.2.0/24 was taken meanwhile", "another network took these addresses"),
        ("remove shop.db.data: volume is in use - [4f3a]", "a container of others uses this volume"),
        ("error while removing network: network a has active endpoints", "a container of others stands in this net"),
        ('The container name "/a" is already in use by container "4f"', "a container of that name is not ours"),
        ("could not create a: b:1 is another image by now (deploy again)", "its image was replaced during the deploy"),
        ("the engine does not answer: Connection refused", "is the engine still up?"),
        ("something else", ""),
    ],
)
def test_what_an_engine_refuses_has_a_remedy(text, remedy):
    assert remedy_for(text).startswith(remedy)
    assert bool(remedy_for(text)) == bool(remedy)
    assert refused("api", 1, text).remedy == remedy_for(text)


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("OSError: [Errno 30] Read-only file system: '/x'", "it writes outside its volumes"),
        ("Error: listen EADDRINUSE: address already in use :::3000", "two programs in the container want the same"),
        ("nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)", "ports below 1024 take a right"),
        ("Error: listen EACCES: permission denied 0.0.0.0:80", "ports below 1024 take a right"),
        ("MemoryError", "it wants more memory than it may have"),
        ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "it wants more memory"),
        ("RuntimeError: can't start new thread", "it wants more threads or processes than it may have"),
        ('FATAL:  password authentication failed for user "app"', "the data volume was made with another password"),
        ("ERROR 1045 (28000): Access denied for user 'app'@'10.1.2.3'", "the data volume was made with another"),
        ("FATAL:  database files are incompatible with server", "the data was written by another version"),
        ("socket.gaierror: [Errno -2] Name or service not known", "it looks for a host that is not drawn"),
        ("Error: getaddrinfo ENOTFOUND db", "it looks for a host that is not drawn"),
        ("psycopg.OperationalError: connection refused", "a server that it needs does not answer it"),
        ("Error: connect ECONNREFUSED 10.1.2.3:6379", "a server that it needs does not answer it"),
        ("ModuleNotFoundError: No module named 'flask'", "a library is missing"),
        ("Error: Cannot find module 'express'", "a library is missing"),
        ("exec ./server: exec format error", "the program is for another kind of processor"),
        ("sh: 1: gunicorn: not found", "the command is not in the image"),
        ("chown: /data: Operation not permitted", "it needs a right it was not given"),
        ("write: No space left on device", "the engine's disk is full"),
        ("all is well", ""),
    ],
)
def test_what_a_program_complains_of_has_a_remedy_and_is_no_fault_of_the_engine(line, remedy):
    found = remedy_of_log(["starting", line, "bye"])
    assert found.startswith(remedy)
    assert bool(found) == bool(remedy)
    assert not_ready("api", 1, "", 1.0, (line,)).remedy == found or not remedy


def test_an_engine_that_says_why_something_ended_is_believed_before_the_log():
    state = ContainerState("exited", 127, error='exec: "nope": executable file not found in $PATH')
    assert ended("api", 1, state, ("connection refused",)).remedy.startswith("the command is not in the image")


@pytest.mark.parametrize(("code", "word"), [(132, "SIGILL"), (135, "SIGBUS"), (137, "SIGKILL"), (143, "SIGTERM")])
def test_an_exit_code_is_told_with_its_signal(code, word):
    assert word in ended("api", 1, ContainerState("exited", code), ()).what


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("driver failed: Bind for 127.0.0.1:8080 failed: port is already allocated", 8080),
        ("failed to bind host port for 127.0.0.1:80: listen tcp4 127.0.0.1:80: bind: address already in use", 80),
        ("could not start a: no such image", None),
    ],
)
def test_the_port_that_something_else_has_is_read_from_what_the_engine_says(text, port):
    assert refused_port(Failure("web", 1, text)) == port


def test_a_failure_of_the_whole_deploy_names_no_component():
    assert str(Failure("", 0, "it broke")) == "it broke"
    assert str(Failure("api", 0, "it broke")) == "api: it broke"


def test_secrets_that_a_container_printed_are_masked_line_by_line():
    failure = Failure("api", 1, "token is s3cret-1", log=("url=x:s3cret-1-long@db", "second line", "abc"))
    hidden = masked(failure, ["s3cret-1", "s3cret-1-long", "first\nsecond line\n", "abc", ""])
    assert (hidden.what, hidden.log) == ("token is ***", ("url=x:***@db", "***", "abc"))


def test_the_same_failure_of_another_replica_is_told_in_short():
    failures = [Failure("api", number, "it broke", log=("why",), remedy="mend it") for number in (1, 2)]
    assert "\n".join(map(str, without_repeats(failures))) == (
        "api 1: it broke\n  its last lines:\n    why\n  what may help: mend it\napi 2: it broke"
    )
