"""The verbs that speak with the deployer, in front of one that only pretends."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from click.testing import CliRunner, Result

from composer.model import Schema
from deployer.engines.interface import EngineError, LogLine
from deployer.events import Listener, Message, Phase, PhaseChanged
from deployer.failures import Failure
from deployer.gate import COMPONENT as GATE
from deployer.model import ContainerSpec, NetworkSpec
from deployer.orders import Outcome
from deployer.plan import AwaitReady, CreateNetwork, Plan, ReloadContainer, RemoveContainer, Step
from deployer.schedule import ScheduledJob
from deployer.status import ReplicaStatus
from ui.cli import cli
from ui.commands.schedule import look

STEPS = (
    Step(1, CreateNetwork(NetworkSpec("shop.net", "connection")), "no such network"),
    Step(2, ReloadContainer("shop.front.1", "SIGHUP"), "api has new replicas"),
    Step(3, RemoveContainer("shop.old.1"), "not in the schema"),
)
DONE = Outcome(
    True, Plan("shop", STEPS), seconds=7.31, urls=("http://127.0.0.1:8080",), release=3, commits={"api": "3f2a9c4d"}
)
SCHEMA = "backdraft: 1\nname: shop\ncomponents:\n  cache: {kind: redis}\n"
RUNNING = ReplicaStatus(
    "cache", "redis", 1, "shop.cache.1.aa", "running", "Up 3 hours", "healthy", "redis:8", 1.0, ("127.0.0.1:1->2",)
)
ENDED = ReplicaStatus(
    "job", "job", 1, "shop.job.1.bb", "exited", "Exited (3) 1 hour ago", "", "python:3.13", 1.0, (), run="job"
)


@dataclass
class PretendingDeployer:
    """Says what it was made with, and remembers what it was asked."""

    outcome: Outcome = DONE
    replicas: tuple[ReplicaStatus, ...] = (RUNNING, ENDED)
    volumes: tuple[str, ...] = ("shop.cache.data",)
    job_code: int = 0
    lines: tuple[LogLine, ...] = (LogLine("cache", 1, "stdout", 1_700_000_000.5, "Ready to accept connections"),)
    asked: list[Any] = field(default_factory=list)

    def plan(self, schema: Schema, directory: Path, listener: Listener) -> Plan:
        self.asked.append(("plan", schema.name, directory))
        return self.outcome.plan

    def deploy(self, schema: Schema, text: str, directory: Path, listener: Listener, why: str = "") -> Outcome:
        self.asked.append(("deploy", text, why))
        listener(Message("no registry answers"))
        listener(PhaseChanged("_gate", 1, Phase.READY, 0.1, 0.1))
        listener(PhaseChanged("cache", 0, Phase.BUILDING, 0.2, detail="building redis: step 1"))
        listener(PhaseChanged("cache", 0, Phase.BUILDING, 0.3, detail="building redis: step 2"))
        listener(PhaseChanged("cache", 1, Phase.STARTING, 1.0))
        listener(PhaseChanged("cache", 1, Phase.READY, 2.25, took=1.25))
        return self.outcome

    def destroy(self, project: str, listener: Listener, *, volumes: bool = False, of_others: bool = False) -> Outcome:
        self.asked.append(("destroy", project, volumes))
        return self.outcome

    def projects(self) -> tuple[str, ...]:
        return ("shop",)

    def status(self, project: str) -> tuple[ReplicaStatus, ...]:
        return self.replicas if project == "shop" else ()

    def data_volumes(self, project: str) -> tuple[str, ...]:
        return self.volumes if project == "shop" else ()

    def logs(self, project: str, component: str | None, **options: object) -> Iterator[LogLine]:
        self.asked.append(("logs", project, component, options))
        yield from (line for line in self.lines if component in (None, line.component))

    @property
    def jobs(self) -> "PretendingDeployer":
        return self

    def scheduled(self, project: str | None) -> tuple[ScheduledJob, ...]:
        return (ScheduledJob("shop", "nightly", "15 3 * * *", "shop.nightly.1.dd", False),)

    def run(self, project: str, component: str, listener: Listener) -> int:
        return self.job_code


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line beside a backdraft.yml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backdraft.yml").write_text(SCHEMA)

    def invoke(*words: str, deployer: PretendingDeployer | None = None, color: bool = False) -> Result:
        return CliRunner().invoke(cli, list(words), obj=deployer or PretendingDeployer(), color=color)

    return invoke


def told(result: Result) -> str:
    return f"exit {result.exit_code}\n{result.stdout}--\n{result.stderr}"


def test_a_plan_goes_to_stdout_and_its_totals_to_stderr(run: Run, tmp_path: Path):
    deployer = PretendingDeployer()
    assert told(run("plan", deployer=deployer)) == (
        "exit 0\n+ network shop.net: no such network\n~ reload shop.front.1: api has new replicas\n"
        "- container shop.old.1: not in the schema\n--\nshop: 1 to create, 1 to change, 1 to remove\n"
    )
    assert deployer.asked == [("plan", "shop", tmp_path)]


def test_a_plan_has_colours_on_a_terminal_unless_no_color_is_set(run: Run, monkeypatch: pytest.MonkeyPatch):
    assert [line[:5] for line in run("plan", color=True).stdout.splitlines()] == ["\x1b[32m", "\x1b[33m", "\x1b[31m"]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("plan", color=True).stdout


@pytest.mark.parametrize(("steps", "code"), [((), 0), (STEPS, 2)], ids=["nothing to do", "changes"])
def test_the_exit_code_of_a_plan_may_tell_whether_there_are_changes(run: Run, steps: tuple[Step, ...], code: int):
    deployer = PretendingDeployer(Outcome(True, Plan("shop", steps)))
    assert run("plan", "--detailed-exitcode", deployer=deployer).exit_code == code
    assert run("plan", deployer=deployer).exit_code == 0


def test_a_plan_that_only_looks_says_so(run: Run):
    spec = ContainerSpec("cache", 1, "redis", "redis:8", "")
    looks = Plan("shop", (Step(1, AwaitReady("shop.cache.1.aa", spec), "the last deploy did not finish"),))
    assert told(run("plan", deployer=PretendingDeployer(Outcome(True, looks)))) == (
        "exit 0\n--\nshop: nothing to change; a deploy looks whether what runs is ready\n"
    )


def test_a_plan_is_json_for_programs_and_shows_its_steps_when_asked(run: Run):
    assert [step["verb"] for step in json.loads(run("plan", "--json").stdout)["steps"]] == [
        "CreateNetwork",
        "ReloadContainer",
        "RemoveContainer",
    ]
    assert run("plan", "--steps").stdout.splitlines()[0] == "#1 + network shop.net (no such network)"


def test_a_deploy_tells_each_change_once_and_ends_with_its_addresses(run: Run):
    deployer = PretendingDeployer()
    assert told(run("deploy", "--why", "sale", deployer=deployer)) == (
        "exit 0\nhttp://127.0.0.1:8080\n--\n"
        "no registry answers\n"
        "   0.2 s  cache  building redis: step 1\n"
        "   1.0 s  cache.1  starting\n"
        "   2.2 s  cache.1  ready in 1.2 s\n"
        "shop: up in 7.3 s\n"
    )
    assert deployer.asked == [("deploy", SCHEMA, "sale")]


def test_a_failed_deploy_tells_what_was_expected_and_what_may_help(run: Run):
    failure = Failure("api", 2, "it was not ready after 60 s", "GET /healthz", ("Traceback", "KeyError: 'X'"), "set X")
    deployer = PretendingDeployer(Outcome(False, Plan("shop", STEPS), (failure,), 61.0))
    result = run("deploy", deployer=deployer)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.split("ready in 1.2 s\n")[1] == (
        "api 2: it was not ready after 60 s\n  expected: GET /healthz\n  its last lines:\n    Traceback\n"
        "    KeyError: 'X'\n  what may help: set X\n"
        "shop: failed after 1 min 1 s; `backdraft status shop` tells what runs\n"
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_what_was_stopped_ends_with_the_code_of_its_signal(run: Run, verb: str, number: signal.Signals, code: int):
    deployer = PretendingDeployer(Outcome(False, Plan("shop", STEPS), seconds=2.0, stopped_by=number))
    result = run(verb, deployer=deployer)
    assert result.exit_code == code
    assert result.stderr.splitlines()[-1] == "shop: stopped after 2.0 s; `backdraft status shop` tells what runs"
    assert json.loads(run(verb, "--json", deployer=deployer).stdout)["interrupted"] is True


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_before_anything_is_done_ends_a_deploy_like_ctrl_c(run: Run, number: signal.Signals, code: int):
    class Looking(PretendingDeployer):
        def deploy(self, *arguments: Any, **named: Any) -> Outcome:
            signal.raise_signal(number)
            raise AssertionError("it went on")

    result = run("deploy", "--json", deployer=Looking())
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (code, "stopped")
    assert json.loads(result.stdout) == {"error": {"message": "stopped", "problems": []}}
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_deploy_with_nothing_to_do_says_so(run: Run):
    result = run("deploy", deployer=PretendingDeployer(Outcome(True, Plan("shop"))))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "shop: nothing to do")


def test_a_deploy_is_json_for_programs(run: Run):
    told = json.loads(run("deploy", "--json").stdout)
    assert (told["ok"], told["release"], told["urls"], len(told["steps"])) == (True, 3, ["http://127.0.0.1:8080"], 3)
    assert told["commits"] == {"api": "3f2a9c4d"}


def test_the_status_is_a_table_with_the_reason_where_something_does_not_run(run: Run):
    lines = run("status", "shop").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["COMPONENT", "shop/cache", "shop/job"]
    assert "  running                healthy  " in lines[1]
    assert "  exited (3) 1 hour ago  -  " in lines[2]
    assert json.loads(run("status", "--json").stdout)["shop"][1]["reason"] == "Exited (3) 1 hour ago"


MISSING = ReplicaStatus("cache", "redis", 2, "", "missing", "release 3 wants it", "", "", 0.0, ())
ONLY_MISSING = "shop: `backdraft deploy` makes anew what does not run\n"


@pytest.mark.parametrize(
    ("replicas", "row", "said"),
    [
        ((RUNNING,), "", ""),
        ((RUNNING, MISSING), "shop/cache 2 redis missing: release 3 wants it - - - -", ONLY_MISSING),
        (
            (RUNNING, replace(MISSING, component=GATE, kind=GATE, replica=1)),
            "shop (packet filter) - - missing: release 3 wants it - - - -",
            "shop: while its packet filter does not run, more can be reached than is drawn\n" + ONLY_MISSING,
        ),
        (
            (RUNNING, replace(RUNNING, replica=2, state="exited", reason="Exited (1) 1 hour ago", since=0.0, ports=())),
            "shop/cache 2 redis exited (1) 1 hour ago healthy - - redis:8",
            "shop/cache: `backdraft logs shop/cache --tail 20` may tell why it ended\n" + ONLY_MISSING,
        ),
        (
            (replace(RUNNING, restarts=4, since=0.0),),
            "shop/cache 1 redis running, started again 4 times healthy - 127.0.0.1:1->2 redis:8",
            "shop/cache: `backdraft logs shop/cache --tail 20` may tell why it ended\n",
        ),
        ((RUNNING, replace(ENDED, since=0.0)), "shop/job 1 job exited (3) 1 hour ago - - - python:3.13", ""),
        ((RUNNING, replace(RUNNING, state="exited", name="shop.cache.1.old")), "", ""),
    ],
    ids=["all well", "missing", "no packet filter", "exited", "started again", "a job ended", "an old one beside"],
)
def test_what_does_not_run_is_said_with_what_may_help(
    run: Run, replicas: tuple[ReplicaStatus, ...], row: str, said: str
):
    result = run("status", "shop", deployer=PretendingDeployer(replicas=replicas))
    assert (result.exit_code, result.stderr) == (0, said)
    assert row in " ".join(result.stdout.splitlines()[-1].split())
    told = json.loads(run("status", "--json", deployer=PretendingDeployer(replicas=replicas)).stdout)["shop"]
    assert [each["state"] for each in told] == [each.state for each in replicas]


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        ("running", "Up 3 hours", "\x1b[32mrunning"),
        ("created", "Created", "created"),
        ("exited", "Exited (0) 2 minutes ago", "exited (0) 2 minutes ago"),
        ("exited", "Exited (3) 2 minutes ago", "\x1b[31mexited (3) 2 minutes ago"),
        ("restarting", "Restarting (1) 1 second ago", "\x1b[33mrestarting (1) 1 second ago"),
        ("paused", "Up 3 hours (Paused)", "paused: Up 3 hours (Paused)"),
    ],
)
def test_a_state_is_told_in_the_words_of_the_engine_and_its_colour_says_whether_it_is_bad(
    run: Run, state: str, reason: str, shown: str
):
    deployer = PretendingDeployer(replicas=(replace(ENDED, state=state, reason=reason),))
    assert f"  {shown}\x1b[0m  " in run("status", "shop", deployer=deployer, color=True).stdout


def test_the_packet_filter_is_no_component_and_what_the_engine_does_not_know_yet_is_no_health(run: Run):
    replicas = (
        replace(RUNNING, component=GATE, kind=GATE, name="shop._gate.1.cc", image="backdraft.local/gate:1", ports=()),
        replace(RUNNING, health="starting", since=time.time()),
    )
    deployer = PretendingDeployer(replicas=replicas)
    assert [line.split() for line in run("status", "shop", deployer=deployer).stdout.splitlines()[1:]] == [
        ["shop/cache", "1", "redis", "running", "-", "0", "s", "127.0.0.1:1->2", "redis:8"],
        ["shop", "(packet", "filter)", "-", "-", "running", "healthy", ANY, "d", "-", "backdraft.local/gate:1"],
    ]
    plain = json.loads(run("status", "shop", "--json", deployer=deployer).stdout)["shop"]
    assert [(each["component"], each["health"]) for each in plain] == [(GATE, "healthy"), ("cache", "starting")]


def test_a_project_that_does_not_run_gets_the_nearest_name(run: Run):
    for verb in ("status", "logs", "destroy"):
        assert told(run(verb, "shpo")) == (
            "exit 1\n--\nError: shpo: nothing of a project of that name runs here; did you mean 'shop'?\n"
        )


def test_a_project_of_which_only_data_is_left_says_where(run: Run):
    result = run("status", "shop", deployer=PretendingDeployer(replicas=()))
    assert told(result) == "exit 0\n--\nshop: nothing runs; its data is kept in shop.cache.data\n"


def test_lines_come_with_their_component_and_their_time_when_asked(run: Run):
    deployer = PretendingDeployer()
    assert (
        run("logs", "shop/cache", "--tail", "5", deployer=deployer).stdout == "cache.1 | Ready to accept connections\n"
    )
    assert deployer.asked == [("logs", "shop", "cache", {"follow": False, "tail": 5, "since": None})]
    assert run("logs", "shop", "--times").stdout.startswith("2023-11-14T22:13:20.500000Z cache.1 | Ready")
    assert json.loads(run("logs", "shop", "--json").stdout)["stream"] == "stdout"


def test_the_lines_of_the_packet_filter_come_only_where_they_are_asked_for(run: Run):
    deployer = PretendingDeployer(
        replicas=(RUNNING, replace(RUNNING, component=GATE)),
        lines=(LogLine(GATE, 1, "stdout", 0.0, "rules loaded"), LogLine("cache", 1, "stdout", 1.0, "ready")),
    )
    assert run("logs", "shop", deployer=deployer).stdout == "cache.1 | ready\n"
    assert run("logs", "shop/_gate", deployer=deployer).stdout == "_gate.1 | rules loaded\n"
    assert [asked[2] for asked in deployer.asked] == [None, GATE]


@pytest.mark.parametrize(
    "words",
    [["plan"], ["deploy"], ["status"], ["status", "gone"], ["logs", "shop"], ["destroy"], ["schedule", "--list"]],
    ids=" ".join,
)
@pytest.mark.parametrize("schema", [SCHEMA, "no schema"], ids=["good", "bad"])
def test_with_json_stdout_is_json_however_a_command_ends(run: Run, words: list[str], schema: str):
    Path("backdraft.yml").write_text(schema)
    result = run(*words, "--json")
    for text in result.stdout.splitlines() if words[0] == "logs" else [result.stdout]:
        assert ("error" in json.loads(text)) == (result.exit_code != 0)


def test_a_component_that_is_not_there_gets_the_nearest_name(run: Run):
    assert told(run("logs", "shop/cahce")) == (
        "exit 1\n--\nError: shop: has no component 'cahce'; did you mean 'cache'?\n"
    )


@pytest.mark.parametrize("target", [[], ["shop"], ["backdraft.yml"], ["."]], ids=repr)
def test_a_project_is_destroyed_by_its_name_or_its_file_and_its_data_stays(run: Run, target: list[str]):
    deployer = PretendingDeployer()
    result = run("destroy", *target, deployer=deployer)
    assert deployer.asked == [("destroy", "shop", False)]
    assert result.stderr.splitlines()[-2:] == [
        "shop: gone in 7.3 s",
        "its data is kept in shop.cache.data (backdraft destroy shop --volumes removes it)",
    ]


def test_a_project_is_destroyed_by_its_file_even_when_its_sources_are_gone(run: Run):
    Path("backdraft.yml").write_text(SCHEMA + "  api: {kind: python, source: {directory: gone}}\n")
    assert (run("destroy").exit_code, run("deploy").exit_code) == (0, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "shop: --volumes removes shop.cache.data for good; say that you mean it with: --confirm shop"),
        (["--confirm", "shpo"], "'shpo' is not 'shop'; nothing was done"),
        (["--confirm", ""], "'' is not 'shop'; nothing was done"),
    ],
)
def test_data_is_removed_only_when_the_name_is_given(run: Run, words: list[str], said: str):
    deployer = PretendingDeployer()
    result = run("destroy", "shop", "--volumes", *words, deployer=deployer)
    assert told(result) == f"exit 1\n--\nError: {said}\n"
    assert deployer.asked == []
    assert run("destroy", "shop", "--volumes", "--confirm", "shop", deployer=deployer).exit_code == 0
    assert deployer.asked == [("destroy", "shop", True)]


def test_a_job_that_fails_is_a_failure(run: Run):
    assert told(run("run", "shop/nightly")) == "exit 0\n--\nshop/nightly: done\n"
    assert told(run("run", "shop/nightly", deployer=PretendingDeployer(job_code=3))) == (
        "exit 1\n--\nshop/nightly: ended with exit code 3; see: backdraft logs shop/nightly\n"
    )


def test_an_engine_that_does_not_answer_ends_no_watch_and_loses_no_job(capsys: pytest.CaptureFixture[str]):
    class Recovering(PretendingDeployer):
        def start_due(self, project: str | None, since: datetime, now: datetime) -> tuple[ScheduledJob, ...]:
            self.asked.append((since.minute, now.minute))
            if len(self.asked) == 1:
                raise EngineError("could not list what runs: the engine does not answer", retry=True)
            (job,) = self.scheduled(project)
            return job, replace(job, component="broken", fault="could not start it"), replace(job, is_running=True)

    deployer, since = Recovering(), datetime(2026, 1, 1, 3, 14, tzinfo=UTC)
    for minute in (15, 16, 17):
        since = look(deployer, None, since, since.replace(minute=minute))  # type: ignore[arg-type]
    assert deployer.asked == [(14, 15), (14, 16), (16, 17)]
    told = capsys.readouterr()
    assert told.err == "2026-01-01T03:15:00Z could not list what runs: the engine does not answer; looking again\n"
    assert told.out.splitlines()[:3] == [
        "2026-01-01T03:16:00Z shop/nightly started",
        "2026-01-01T03:16:00Z shop/broken could not start it",
        "2026-01-01T03:16:00Z shop/nightly still runs, let be",
    ]
