"""Failures as messages people can act on."""

import pytest

from deployer.engines.interface import ContainerState
from deployer.failures import Failure, ended, masked, not_ready, refused, remedy_for, without_repeats


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
        ("write /x: no space left on device", "the engine's disk is full"),
        ('exec: "nope": executable file not found in $PATH', "the command is not in the image"),
        ("unable to find user nobody2", "the image has no such user"),
        ("FATAL:  password authentication failed for user", "the data volume was made with another password"),
        ("could not create network a.b: 10.1.2.0/24 was taken meanwhile", "another network took these addresses"),
        ("something else", ""),
    ],
)
def test_known_faults_have_a_remedy(text, remedy):
    assert remedy_for(text).startswith(remedy)
    assert bool(remedy_for(text)) == bool(remedy)
    assert refused("api", 1, text).remedy == remedy_for(text)


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
