"""`backdraft doctor`: what is wrong with an installation, and how to mend it."""

from dataclasses import asdict

import click

from ui.output import json_option, say, tell, tell_json

SIGNS = {"well": ("ok", "green"), "note": ("note", "yellow"), "wrong": ("wrong", "red")}


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Tell what is wrong with an installation.

    It looks at settings, the state folder, the key, the database, Redis, the engine, images, disk space, the clock, the
    port and the transport, and changes nothing. Exit code 1 where something is wrong.

    \b
    Example:
      backdraft doctor
      backdraft doctor --json
    """
    from ui.doctor import Verdict, examine

    findings = list(examine())
    if as_json:
        tell_json([asdict(each) for each in findings])
    for each in () if as_json else findings:
        word, colour = SIGNS[each.verdict]
        tell(f"{click.style(f'{word:5}', fg=colour)}  {each.about}: {each.text}")
        if each.remedy:
            tell(f"       {each.remedy}")
    wrong = sum(each.verdict is Verdict.WRONG for each in findings)
    if wrong:
        say(f"{wrong} to mend")
        context.exit(1)
