"""The command line, for everything that needs no engine."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from composer import document
from composer.advice import advise
from composer.catalogue import standard
from composer.home import HomeError
from composer.model import Problem
from composer.validation import validate
from deployer.errors import DeployerError
from ui.cli import COMMANDS, HABITS, cli
from ui.reference import commands, reference

ROOT = Path(__file__).parents[2]
STACKS = sorted(path.name for path in (ROOT / "templates" / "stacks").iterdir())
ALL = dict(commands(cli, "backdraft"))

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in an empty folder, with a state folder of its own."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("BACKDRAFT_HOME", str(tmp_path / "home"))

    def invoke(*words: str, text: str | bytes | None = None, obj: object = None) -> Result:
        return CliRunner().invoke(cli, list(words), input=text, obj=obj, prog_name="backdraft")

    return invoke


def ended(result: Result) -> str:
    """Exit code, then what went to stdout and to stderr, as one text."""
    streams = [("out", result.stdout), ("err", result.stderr)]
    lines = [f"{name}: {line}" for name, text in streams for line in text.splitlines()]
    return "\n".join([f"exit {result.exit_code}", *lines])


def test_every_command_and_option_stands_in_the_documentation():
    text = (ROOT / "docs" / "cli.md").read_text()
    assert text == reference(), "run: python -m ui.reference > docs/cli.md"
    for path, command in ALL.items():
        assert f"# {path}\n" in text
        for option in command.params:
            if isinstance(option, click.Option):
                assert all(name in text for name in option.opts), (path, option.opts)


def test_every_verb_is_a_file_and_every_file_a_verb():
    files = {path.stem for path in (ROOT / "ui" / "commands").glob("*.py")} - {"__init__"}
    assert files == set(COMMANDS)


@pytest.mark.parametrize("path", ALL)
def test_every_help_teaches_by_an_example_and_fits_its_first_sentence_into_the_list(path: str):
    text = ALL[path].help or ""
    assert re.search(rf"Example:\n\s+.*backdraft{path.removeprefix('backdraft')}", text)
    assert len(text.partition("\n")[0]) <= 62 or path == "backdraft"


def test_an_unknown_command_gets_the_nearest_one(run: Run):
    assert ended(run("deplyo")).splitlines()[-1] == "err: Error: 'deplyo' is not a command; did you mean 'deploy'?"
    assert run("deplyo").exit_code == 2


def test_what_other_tools_call_a_verb_is_translated(run: Run):
    assert ended(run("apply")).splitlines()[-1] == "err: Error: 'apply' is not a command; here it is 'deploy'"
    assert set(HABITS.values()) <= set(COMMANDS)
    assert not set(HABITS) & set(COMMANDS)


def test_the_version_is_told_to_whoever_asks_for_an_option(run: Run):
    assert run("--version").stdout == run("version").stdout != ""


@pytest.mark.parametrize(
    "words",
    [
        ["status", "../../etc"],
        ["status", "Shop"],
        ["status", ""],
        ["status", "a" * 41],
        ["status", "shop\n"],
        ["logs", "shop/"],
        ["logs", "shop/api/x"],
        ["logs", "shop;rm -rf"],
        ["logs", "shop", "--since", "yesterday"],
        ["run", "shop"],
        ["run", "\x1b[31mred"],
        ["destroy", "--", "-x"],
        ["destroy", "nul\0l"],
        ["new", "../up"],
        ["new", "shop", "--stack", "../shop"],
        ["secrets", "set", "shop", "a b"],
        ["secrets", "set", "shop", "$(id)"],
        ["images", "use", "mirror", "https://registry.example"],
        ["images", "build", "postgrse"],
        ["images", "build", "postgres:1"],
        ["kinds", "postgrse"],
        ["plan"],
    ],
    ids=repr,
)
def test_a_wrong_word_is_a_usage_error_in_one_clean_line(run: Run, words: list[str]):
    result = run(*words, text="x")
    last = result.stderr.splitlines()[-1]
    assert (result.exit_code, result.stdout) == (2, "")
    assert last.startswith("Error: ")
    assert len(last) < 220
    assert last.isprintable()


@pytest.mark.parametrize("file", ["missing.yml", "x" * 5000, "/proc/self/mem"], ids=lambda file: repr(file[:12]))
def test_a_file_that_cannot_be_read_is_said_so(run: Run, file: str):
    result = run("check", file)
    assert result.exit_code in (1, 2)
    assert result.stderr.splitlines()[-1].isprintable()
    assert isinstance(result.exception, SystemExit)


def test_a_file_without_end_is_a_problem_soon(run: Run):
    begun = time.monotonic()
    assert run("check", "/dev/zero").exit_code == 1
    assert time.monotonic() - begun < 5


def test_a_new_project_has_its_own_name_and_no_problems_and_is_never_overwritten(run: Run):
    assert ended(run("new", "my-shop", "--stack", "shop")) == (
        "exit 0\nout: my-shop/backdraft.yml\nerr: next:\nerr:   cd my-shop\n"
        "err:   backdraft plan     see what would be done\nerr:   backdraft deploy   do it"
    )
    assert document.parse(Path("my-shop/backdraft.yml").read_text()).name == "my-shop"
    assert not Path("my-shop/stack.yml").exists()
    assert run("check", "my-shop").exit_code == 0
    assert ended(run("new", "my-shop")) == (
        "exit 1\nerr: Error: my-shop: is there already; choose another name, or move it away"
    )


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_no_problems_and_needs_no_advice(stack: str):
    schema = document.parse((ROOT / "templates" / "stacks" / stack / "backdraft.yml").read_text())
    assert validate(schema, standard()) == ()
    assert schema.name == stack
    assert advise(schema, standard()) == ()


def test_the_stacks_are_listed(run: Run):
    assert [line.split()[0] for line in run("stacks").stdout.splitlines()] == ["STACK", *STACKS]
    assert [each["stack"] for each in json.loads(run("stacks", "--json").stdout)] == STACKS


WRONG = "backdraft: 1\nname: shop\ncomponents:\n  db: {kind: postgrse}\n"


def test_problems_are_told_with_file_line_and_column(run: Run):
    Path("backdraft.yml").write_text(WRONG)
    result = run("check")
    assert result.exit_code == 1
    assert re.fullmatch(r"backdraft\.yml:4:\d+ components/db/kind: .*postgres.*\n", result.stdout)
    assert result.stderr == "backdraft.yml: 1 problem\n"


def test_problems_of_form_and_of_meaning_are_told_together_and_counted(run: Run):
    Path("backdraft.yml").write_text(WRONG + "  api: {kind: python, replicas: many}\n")
    said = "backdraft.yml:5:33 components/api/replicas: 'many' is not a whole number"
    assert run("check").stdout.splitlines()[1:] == [said]
    assert run("plan").stderr.splitlines()[1:] == [said, "Error: backdraft.yml: 2 problems; nothing was done"]
    Path("backdraft.yml").write_text("".join(f"k{n}: 1\n" for n in range(200)))
    assert run("check").stderr == "backdraft.yml: 100 problems, and more to come\n"


def test_a_source_that_is_not_there_is_a_problem_like_any_other_to_every_command(run: Run):
    Path("shop/api").mkdir(parents=True)
    Path("shop/backdraft.yml").write_text(WRONG + "  api: {kind: python, source: {directory: apy}}\nkey: 1\n")
    said = (
        "shop/backdraft.yml:5:43 components/api/source/directory: there is no directory 'apy' beside the schema "
        "(did you mean 'api'?)"
    )
    assert run("check", "shop").stdout.splitlines()[1:2] == [said]
    for verb in ("plan", "deploy"):
        lines = run(verb, "shop", obj=object()).stderr.splitlines()
        assert (lines.count(said), lines[-1]) == (1, "Error: shop/backdraft.yml: 3 problems; nothing was done")


def test_problems_are_json_for_programs(run: Run):
    Path("backdraft.yml").write_text(WRONG)
    problem = json.loads(run("check", "--json").stdout)["problems"][0]
    assert (problem["path"], problem["line"]) == ("components/db/kind", 4)


@pytest.mark.parametrize("verb", ["plan", "deploy", "destroy"])
def test_a_schema_that_is_not_acted_on_tells_programs_its_problems(run: Run, verb: str):
    Path("backdraft.yml").write_text(WRONG)
    result = run(verb, "--json", obj=object())
    assert result.stderr.splitlines()[-1] == "Error: backdraft.yml: 1 problem; nothing was done"
    assert json.loads(result.stdout)["error"] == {
        "message": "backdraft.yml: 1 problem; nothing was done",
        "problems": [
            {
                "path": "components/db/kind",
                "fault": "there is no kind 'postgrse'",
                "remedy": "did you mean 'postgres'?",
                "line": 4,
                "column": 14,
            }
        ],
    }


PORT = Problem("components/front/publish", "port 80 is taken", "publish another one")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (DeployerError("engine: does not answer (start it)"), 1, "engine: does not answer (start it) []"),
        (
            DeployerError.of([PORT]),
            1,
            "components/front/publish: port 80 is taken (publish another one) "
            "[components/front/publish; port 80 is taken; publish another one]",
        ),
        (HomeError("home: is no folder"), 1, "home: is no folder []"),
        (click.ClickException("shop: is not there"), 1, "shop: is not there []"),
        (click.UsageError("name a project"), 2, "name a project []"),
        (click.Abort(), 130, "stopped []"),
        (KeyboardInterrupt("stopped while images were fetched"), 130, "stopped while images were fetched []"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_ends_a_command_is_told_to_people_and_to_programs(
    run: Run, error: BaseException, code: int, told: str
):
    class Broken:
        def projects(self) -> tuple[str, ...]:
            raise error

    result = run("status", "--json", obj=Broken())
    found = json.loads(result.stdout)["error"]
    problems = ["; ".join(each[key] for key in ("path", "fault", "remedy")) for each in found["problems"]]
    assert (result.exit_code, f"{found['message']} [{', '.join(problems)}]") == (code, told)
    assert found["message"] in result.stderr
    assert run("status", obj=Broken()).stdout == ""


@pytest.mark.parametrize("words", [["status", "Shop"], ["logs", "shop/"], ["plan"], ["plan", "--stps"], ["sttus"]])
def test_wrong_usage_is_told_to_programs_too(run: Run, words: list[str]):
    result = run(*words, "--json")
    message = json.loads(result.stdout)["error"]["message"]
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"Error: {message}")


@pytest.mark.parametrize("verb", ["plan", "deploy", "destroy"])
def test_a_schema_with_problems_is_not_acted_on(run: Run, verb: str):
    Path("backdraft.yml").write_text(WRONG)
    result = run(verb, obj=object())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "Error: backdraft.yml: 1 problem; nothing was done"


def test_a_secret_is_set_from_stdin_listed_by_name_and_removed(run: Run):
    said = [
        run("secrets", "set", "shop", "TOKEN", text="s3cret\n"),
        run("secrets", "list", "shop"),
        run("secrets", "remove", "shop", "TOKN"),
        run("secrets", "remove", "shop", "TOKEN"),
        run("secrets", "list", "shop"),
    ]
    assert "\n".join(map(ended, said)) == (
        "exit 0\nerr: shop: TOKEN is set; `backdraft deploy` gives it to those who use it\n"
        "exit 0\nout: NAME   COMPONENT  VERSION\nout: TOKEN  -          1\n"
        "exit 1\nerr: Error: shop: has no secret TOKN; did you mean 'TOKEN'?\n"
        "exit 0\nerr: shop: TOKEN is forgotten\n"
        "exit 0\nerr: shop: has no secrets"
    )


def test_a_secret_keeps_every_byte_but_the_last_line_end(run: Run, tmp_path: Path):
    from deployer.vault import Vault

    run("secrets", "set", "shop", "KEY", text="-----\r\nä$x ${y}\n\n")
    assert Vault(tmp_path / "home").value("shop", "", "KEY") == "-----\r\nä$x ${y}\n"


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe", b"x" * 70_000], ids=["empty", "blank", "binary", "large"])
def test_a_value_that_is_no_secret_is_refused(run: Run, text: bytes):
    result = run("secrets", "set", "shop", "KEY", text=text)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert run("secrets", "list", "shop").stdout == ""


def test_a_value_on_the_command_line_is_not_taken(run: Run):
    assert run("secrets", "set", "shop", "KEY", "value").exit_code == 2


def test_where_images_come_from_is_remembered(run: Run):
    seen = []
    for words in (["local"], ["mirror", "registry.example:5000/hub/"], ["registry"]):
        run("images", "use", *words)
        seen.append(json.loads(run("images", "list", "--json").stdout)["source"])
    assert seen == ["local", "mirror registry.example:5000/hub", "registry"]


def test_a_kind_tells_its_settings_and_what_a_client_gets(run: Run):
    text = run("kinds", "postgres").stdout
    assert "\n  version = 17: " in text
    assert "\n  a client gets DATABASE_URL\n" in text
    assert {each["kind"] for each in json.loads(run("kinds", "--json").stdout)} == set(standard().kinds)


def test_the_schema_of_schemas_is_printed_for_editors(run: Run):
    assert json.loads(run("schema").stdout)["type"] == "object"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(run: Run, shell: str):
    assert f"_BACKDRAFT_COMPLETE={shell}_complete" in run("completion", shell).stdout


def test_a_state_folder_that_cannot_be_used_is_a_sentence(run: Run, tmp_path: Path):
    (tmp_path / "home").write_text("")
    assert ended(run("secrets", "list", "shop")) == (
        f"exit 1\nerr: Error: {tmp_path}/home: is not a folder; set BACKDRAFT_HOME to one"
    )


def test_what_the_deployer_cannot_do_is_a_sentence(run: Run):
    class Broken:
        def projects(self) -> tuple[str, ...]:
            raise DeployerError("engine: does not answer (start it)")

    assert ended(run("status", obj=Broken())) == "exit 1\nerr: Error: engine: does not answer (start it)"


def test_ctrl_c_ends_with_130(run: Run):
    class Stopped:
        def projects(self) -> tuple[str, ...]:
            raise KeyboardInterrupt

    assert ended(run("status", obj=Stopped())) == "exit 130\nerr: \nerr: stopped"


def test_help_and_version_import_neither_database_nor_engine():
    code = "import sys; from ui.cli import cli; cli(['--help'], standalone_mode=False); print(*sorted(sys.modules))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    modules = set(output.splitlines()[-1].split())
    assert modules & {"sqlalchemy", "docker", "cryptography", "rich", "jsonschema", "requests"} == set()


def ended_before_a_closed_pipe(code: str, stream: str) -> tuple[int, str]:
    """Exit code and traceback of a program whose `stream` nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {stream: writer}
    ended = subprocess.run([sys.executable, "-c", code], check=False, text=True, **streams)
    os.close(writer)
    return ended.returncode, (ended.stderr or "") + (ended.stdout or "")


def test_what_is_said_to_nobody_stops_nothing():
    code = "from ui.output import say, tell; say('one'); say('two'); tell('done')"
    assert ended_before_a_closed_pipe(code, "stderr") == (0, "done\n")


def test_data_that_nobody_reads_ends_a_command_without_a_traceback():
    code = "import sys; from ui.cli import main; sys.argv[1:] = ['kinds', '--json']; main()"
    assert ended_before_a_closed_pipe(code, "stdout") == (1, "")


LOCAL = [
    (["schedule", "--list"], "a server starts the jobs of its projects by itself"),
    (["images", "list"], "whoever runs a server chooses there where its images come from"),
    (["images", "use", "local"], "whoever runs a server chooses there where its images come from"),
]


@pytest.mark.parametrize(("words", "why"), LOCAL)
@pytest.mark.parametrize("option", ["--server", "--profile"])
def test_what_is_about_this_machine_says_so_where_a_server_is_named(run: Run, words: list[str], why: str, option: str):
    result = run(*words, option, "https://backdraft.example")
    verb = words[0]
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        f"Error: backdraft {verb} is about this machine: {why}; leave out --server and --profile",
    )


def test_a_server_that_the_environment_names_is_not_asked_and_that_is_said(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BACKDRAFT_SERVER", "https://backdraft.example")
    result = run("images", "list")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        0,
        "this is about this machine, not about the server that BACKDRAFT_SERVER names: "
        "whoever runs a server chooses there where its images come from",
    )
