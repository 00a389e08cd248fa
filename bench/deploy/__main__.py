"""Deploys beside Docker Compose: python -m bench.deploy [--rounds N] [--only GROUP,…] [--light] [--json FILE]

Ten containers (backdraft.yml, compose.yml), the same images, the same engine, in turns within one run. Each first
deploy begins with fresh volumes, and after each the published URL has to answer before the next one begins.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import docker

from bench.deploy import ours, theirs
from bench.deploy.report import markdown
from bench.deploy.rows import GROUPS, ROWS, Row, findings
from bench.deploy.served import ServedBackdraft
from bench.deploy.side import HERE, MeasurementError, Side, wait_for_release
from composer.home import home_path, make_home
from composer.model import Isolation
from deployer.builds.building import REPOSITORY
from deployer.deployments import connect

IMAGES = ("gate", "nginx:1.26", "postgres:17", "python:3.13", "redis:8")
ORDER = ("isolated", "compose", "shared", "tuned", "isolated served", "pairs", "hurried", "shared served")
NOTHINGS = 3
"""How often a round asks for what runs already."""

Tell = Callable[[str], None]
Taken = defaultdict[tuple[str, str], list[float]]


def main() -> int:
    arguments = _arguments()
    checkout = HERE.parent.parent
    state = make_home(home_path({"BACKDRAFT_HOME": str(checkout / ".backdraft"), **os.environ}))
    home = make_home(state / "bench" / "home")
    os.environ["BENCH_API"] = (HERE / "api.py").read_text()
    os.environ.update(ours.environment(home))
    rows = [row for row in ROWS if row.group in arguments.only]

    client = docker.from_env().api
    engine = client.version()["Version"]
    program = theirs.compose_program(state)
    if program is None:
        _tell("Compose v2 is not here, so Backdraft is measured alone (bench/get_compose fetches it)")
    interval, tuned = ("1s", ("compose.start-interval.yml",)) if int(engine.split(".")[0]) >= 25 else ("100ms", ())
    light = arguments.light
    sides: dict[str, Side] = {
        "isolated": ours.Backdraft(home, Isolation.ISOLATED, dict(os.environ), is_light=light),
        "isolated served": ServedBackdraft(home, Isolation.ISOLATED, dict(os.environ), is_light=light),
        "pairs": ours.Backdraft(home, Isolation.PAIRS, dict(os.environ), is_light=light),
        "shared": ours.Backdraft(home, Isolation.SHARED, dict(os.environ), is_light=light),
        "shared served": ServedBackdraft(home, Isolation.SHARED, dict(os.environ), is_light=light),
    }
    if program:
        overlay = ("compose.light.yml",) if light else ()
        sides |= {
            "compose": theirs.Compose(program, overlay),
            "tuned": theirs.Compose(program, (*overlay, *tuned), interval),
            "hurried": theirs.Compose(program, (*overlay, "compose.no-health.yml"), wait=False),
        }
    taken: Taken = defaultdict(list)
    begun = os.getloadavg()[0]
    try:
        if any(row.group != "plan" for row in rows):
            _prepare(sides)
            for number in range(arguments.rounds):
                _round(number, sides, rows, home, taken)
        if "plan" in arguments.only:
            for _ in range(arguments.rounds):
                taken["pure", "plan"].append(_plan_in_a_fresh_process())
    except MeasurementError as error:
        _tell(str(error))
        return 1
    finally:
        _clear(sides)

    print("With a light stand-in for PostgreSQL. " if light else "", end="")
    print(f"{arguments.rounds} rounds on {_machine()}; Docker Engine {engine}, ", end="")
    print(f"Compose {theirs.version(program)}." if program else "no Compose.", end=" ")
    print(f"Compose tuned: {'`start_interval: 100ms`' if tuned else '`interval: 100ms`'}. ", end="")
    print(f"Load of the machine before and after: {begun:.1f}, {os.getloadavg()[0]:.1f}.\n")
    print(markdown(findings(taken, rows)))
    if arguments.json:
        record = {" ".join(place): values for place, values in taken.items()}
        arguments.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0


def _round(number: int, sides: dict[str, Side], rows: Sequence[Row], home: Path, taken: Taken) -> None:
    """Every side once, each time another one first, ours and theirs in turns."""
    places = {place for row in rows for place in (row.ours, row.theirs) if place}
    names = [name for name in ORDER if name in sides]
    names = [name for name in names if any(side == name for side, _ in places)]
    turn = number % len(names)
    for name in names[turn:] + names[:turn]:
        side = sides[name]
        verbs = {verb for side_name, verb in places if side_name == name}
        _tell(f"round {number + 1}: {name}")
        with side.turn():
            took = {"up": side.up()}
            wait_for_release("1")
            if "nothing" in verbs:
                taken[name, "nothing"] += [side.nothing() for _ in range(NOTHINGS)]
            if "warm" in verbs and isinstance(side, ours.Backdraft):
                deployer = connect(home)
                side.nothing_when_warm(deployer)
                taken[name, "warm"] += [side.nothing_when_warm(deployer) for _ in range(NOTHINGS)]
            if "change" in verbs:
                took["change"] = side.change()
                wait_for_release("2")
            took["down"] = side.down()
        for verb, seconds in took.items():
            taken[name, verb].append(seconds)
        _tell("  " + ", ".join(f"{verb} {seconds:.2f} s" for verb, seconds in took.items()))


def _prepare(sides: dict[str, Side]) -> None:
    _tell("images and a clean start")
    there = {tag for image in docker.from_env().api.images() for tag in image["RepoTags"] or ()}
    if missing := [name for name in IMAGES if not any(tag.startswith(f"{REPOSITORY}/{name}") for tag in there)]:
        subprocess.run([ours.PROGRAM, "images", "build", *missing], check=True, stdout=sys.stderr)
    _clear(sides)


def _clear(sides: dict[str, Side]) -> None:
    for side in sides.values():
        with suppress(MeasurementError), side.turn():
            side.down()


def _plan_in_a_fresh_process() -> float:
    argv = [sys.executable, "-m", "bench.deploy.large"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MeasurementError(done.stderr)
    return float(done.stdout)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = platform.release().split("-")[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux {kernel}, Python {platform.python_version()}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.deploy", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=_groups, default=GROUPS, help=f"of {','.join(GROUPS)}")
    parser.add_argument("--light", action="store_true", help="a server that is there at once in PostgreSQL's place")
    parser.add_argument("--json", type=Path, help="where to keep every sample")
    return parser.parse_args()


def _groups(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    if unknown := set(chosen) - set(GROUPS):
        raise argparse.ArgumentTypeError(f"{min(unknown)} is none of {', '.join(GROUPS)}")
    return chosen


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
