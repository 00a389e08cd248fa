"""`backdraft check`: everything that is wrong with a schema."""

from dataclasses import asdict
from pathlib import Path

import click

from ui.failure import plain
from ui.output import json_option, say, tell, tell_json
from ui.target import counted_problems, file_argument, judged, problem_line, read_text


@click.command("check")
@file_argument
@json_option
def command(file: Path | None, as_json: bool) -> None:
    """Tell everything that is wrong with a schema.

    Each problem has its place and its remedy; a source directory that is not there is one too. A schema without
    problems gets advice on what could be better. Ends with 1 when there are problems. Needs no engine.
    FILE is a schema or its folder; backdraft.yml here, unless named.

    \b
    Example:
      backdraft check
      backdraft check staging.yml --json
    """
    from composer.advice import advise
    from composer.catalogue import standard

    path, content = read_text(file)
    judgement = judged(path, content)
    problems = judgement.problems
    counsel = () if judgement.schema is None or problems else advise(judgement.schema, standard())
    if as_json:
        tell_json({"problems": list(map(plain, problems)), "advice": list(map(asdict, counsel))})
    else:
        for problem in problems:
            tell(problem_line(path, problem))
        for hint in counsel:
            tell(f"advice: {hint}")
    if problems:
        say(f"{path}: {counted_problems(judgement)}")
        raise click.exceptions.Exit(1)
    say(f"{path}: no problems")
