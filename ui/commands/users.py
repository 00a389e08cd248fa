"""`backdraft users`: the people of this installation, for whoever runs it."""

import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from composer.home import home_path
from composer.spelling import suggestion
from ui.output import age, json_option, say, table, tell, tell_json
from ui.target import shown

if TYPE_CHECKING:
    from ui.installation import Installation
    from ui.people.model import Person

NAME = r"[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?"


class PersonName(click.ParamType[str]):
    """A name that people sign in by."""

    name = "name"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """`value` itself, or a UsageError that says how names look."""
        text = str(value)
        if not re.fullmatch(NAME, text):
            self.fail(
                f"{shown(text)} is not a name: lower-case letters, digits, '.', '_' and '-', such as ada.lovelace"
            )
        return text


PERSON = PersonName()


@click.group("users")
def command() -> None:
    """Say who may sign in to the server.

    Works on the state folder, or on the database that BACKDRAFT_DATABASE_URL names, while the server runs as well.

    \b
    Example:
      backdraft users add ada --administrator
      backdraft users reset ada
    """


@command.command("list")
@json_option
def names(as_json: bool) -> None:
    """List everybody.

    \b
    Example:
      backdraft users list
    """
    with _installation() as installation:
        people = tuple(_everybody(installation))
        roles = {each.id: installation.registry.members.roles(each.id) for each in people}
    if as_json:
        tell_json(
            [
                {
                    "name": each.name,
                    "email": each.email,
                    "administrator": each.is_administrator,
                    "makes_projects": each.makes_projects,
                    "disabled": each.is_disabled,
                    "second_factor": each.second_factor_since is not None,
                    "made": each.made,
                    "projects": dict(roles[each.id]),
                }
                for each in people
            ]
        )
        return
    if not people:
        say("nobody may sign in yet; make the first: backdraft users add NAME --administrator")
        return
    rows = [
        (
            each.name,
            each.email or "-",
            _standing(each),
            "yes" if each.second_factor_since else "no",
            age(each.made),
            ", ".join(f"{project} ({role})" for project, role in roles[each.id].items()) or "-",
        )
        for each in people
    ]
    tell(table(("NAME", "E-MAIL", "MAY", "SECOND FACTOR", "AGE", "PROJECTS"), rows))


@command.command("add")
@click.argument("name", type=PERSON)
@click.option("--email", help="Where letters go; you vouch that it is theirs.")
@click.option("--administrator", is_flag=True, help="May do everything, to every project.")
@click.option("--makes-projects", is_flag=True, help="May make projects.")
def add(name: str, email: str | None, administrator: bool, makes_projects: bool) -> None:
    """Let somebody sign in.

    The password comes from a prompt or from stdin.

    \b
    Example:
      backdraft users add ada --administrator
      pass show backdraft/dan | backdraft users add dan --email dan@example.org
    """
    from ui.people.model import EMAIL_PATTERN
    from ui.people.passwords import fault_of
    from ui.people.people import NameTakenError, Rights

    if email is not None and not re.fullmatch(EMAIL_PATTERN.strip("^$"), email):
        raise click.UsageError(f"{shown(email)} is not an e-mail address")
    with _installation() as installation:
        registry = installation.registry
        if registry.people.called(name) is not None:
            raise click.ClickException(f"{name}: somebody has that name; nothing was done")
        password = _password()
        if fault := fault_of(password, name, email or ""):
            raise click.ClickException(f"the password {fault}; nothing was done")
        rights = Rights(administrator, makes_projects or administrator)
        try:
            registry.people.make(name, email=email, password=registry.passwords.hash(password), rights=rights)
        except NameTakenError:
            raise click.ClickException(f"{name}: somebody has that name or address; nothing was done") from None
        _record(installation, "users_add", name, after={"is_administrator": administrator})
        say(f"{name} may sign in at {registry.url}")


@command.command("reset")
@click.argument("name", type=PERSON)
@click.option("--second-factor", is_flag=True, help="Remove the second factor too, for somebody who lost it.")
def reset(name: str, second_factor: bool) -> None:
    """Print a link by which somebody chooses another password.

    It is good for an hour, and once. Every session of theirs ends.

    \b
    Example:
      backdraft users reset ada
    """
    from ui.people.letters import reset_link
    from ui.people.tokens import Purpose

    with _installation() as installation:
        registry = installation.registry
        person = _called(installation, name)
        if person.is_disabled:
            raise click.ClickException(f"{name}: is disabled; run first: backdraft users enable {name}")
        if second_factor:
            registry.second_factors.remove(person.id)
        registry.sessions.end_all(person.id)
        link = reset_link(registry.url, registry.tokens.make(Purpose.RESET, person.id))
        _record(installation, "users_reset", name, after={"second_factor_removed": second_factor})
    tell(link)
    say(f"give it to {name} by a way nobody listens to; it is good once, for an hour")


@command.command("disable")
@click.argument("name", type=PERSON)
def disable(name: str) -> None:
    """Let somebody in no more, from now on.

    What the records say of them stays.

    \b
    Example:
      backdraft users disable dan
    """
    with _installation() as installation:
        _grant(installation, name, "users_disable", is_disabled=True)
        installation.registry.sessions.end_all(_called(installation, name).id)
    say(f"{name} is signed out everywhere and cannot sign in; undo it with: backdraft users enable {name}")


@command.command("enable")
@click.argument("name", type=PERSON)
def enable(name: str) -> None:
    """Let somebody in again who was disabled.

    \b
    Example:
      backdraft users enable dan
    """
    with _installation() as installation:
        _grant(installation, name, "users_enable", is_disabled=False)
    say(f"{name} may sign in again")


@command.command("make-administrator")
@click.argument("name", type=PERSON)
@click.option("--undo", is_flag=True, help="Have them be no administrator any more.")
def make_administrator(name: str, undo: bool) -> None:
    """Let somebody do everything, to every project.

    \b
    Example:
      backdraft users make-administrator ada
    """
    with _installation() as installation:
        _grant(installation, name, "users_make_administrator", is_administrator=not undo)
    say(f"{name} is {'no administrator any more' if undo else 'an administrator'}")


@contextmanager
def _installation() -> "Iterator[Installation]":
    import os

    from composer.db import DatabaseUnusableError
    from ui.installation import open_installation
    from ui.settings import SettingsError, load

    try:
        opened = open_installation(load(home_path(), os.environ))
    except (SettingsError, DatabaseUnusableError) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield opened
    finally:
        opened.close()


def _everybody(installation: "Installation") -> "Iterator[Person]":
    after = ""
    while page := installation.registry.people.page(after, 200):
        yield from page
        after = page[-1].name


def _called(installation: "Installation", name: str) -> "Person":
    found = installation.registry.people.called(name)
    if found is None:
        known = [each.name for each in _everybody(installation)]
        raise click.ClickException(
            f"{name}: nobody is called so; {suggestion(name, known) or 'see: backdraft users list'}"
        )
    return found


def _grant(installation: "Installation", name: str, what: str, **changes: bool) -> None:
    """Change what somebody may do, and say so in the audit log."""
    from ui.people.people import LastAdministratorError, rights_of

    person = _called(installation, name)
    before = rights_of(person)
    after = replace(before, **changes)
    try:
        installation.registry.people.grant(person.id, after)
    except LastAdministratorError:
        raise click.ClickException(
            f"{name}: is the last administrator; make another one first: backdraft users make-administrator NAME"
        ) from None
    installation.registry.sessions.rotate(person.id)
    _record(installation, what, name, vars(before), vars(after))


def _record(
    installation: "Installation",
    what: str,
    name: str,
    before: dict[str, bool] | None = None,
    after: dict[str, bool] | None = None,
) -> None:
    from composer.audit import Deed

    installation.audit.record(
        Deed(who=f"{getpass.getuser()} (command line)", what=what, target=name, before=before, after=after)
    )


def _standing(person: "Person") -> str:
    if person.is_disabled:
        return "nothing (disabled)"
    if person.is_administrator:
        return "everything"
    return "make projects" if person.makes_projects else "what projects allow"


def _password() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("password", hide_input=True, confirmation_prompt="once more", err=True)
        return typed
    try:
        return sys.stdin.buffer.read(4096).decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("the password is not UTF-8 text; nothing was done") from None
