"""What is wrong with the settings of a component, by the JSON Schemas of its kind."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from composer import syntax
from composer.catalogue import Kind
from composer.model import Component, Value
from composer.quoting import shown
from composer.validation.trial import Found, Trial

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Rule = Mapping[str, Any]


def setting_problems(trial: Trial, component: Component, kind: Kind, path: str) -> Iterator[Found]:
    """What is wrong with its settings."""
    for name, value in component.settings.items():
        rule = kind.settings.get(name)
        if rule is None:
            remedy = trial.meant(name, kind.settings)
            yield f"{path}/settings/{name}", f"'{kind.name}' has no setting '{name}'", remedy
        elif isinstance(value, str) and len(value) > syntax.TEXT_LENGTH:
            yield f"{path}/settings/{name}", f"the text is longer than {syntax.TEXT_LENGTH:,} characters", ""
        elif "default" not in rule or not _is_same(rule["default"], value):
            for words, fault, remedy in _faults(trial, f"{kind.name}/{name}", rule, value):
                yield "/".join((path, "settings", name, *words)), fault, remedy
    for name, rule in kind.settings.items():
        if "default" not in rule and name not in component.settings:
            yield f"{path}/settings", f"the setting '{name}' is missing", str(rule.get("description", ""))


def _faults(trial: Trial, setting: str, rule: Rule, value: Value) -> Iterator[tuple[list[str], str, str]]:
    """Where inside a value, what is wrong and how to mend it.

    jsonschema needs 15 µs for a value, too long for a text full of them, and 0.1 s to be imported: the few words that
    most rules have are judged here.
    """
    if rule.keys() <= _WORDS.keys() | _SILENT and isinstance(rule.get("type", ""), str):
        for word, limit in rule.items():
            if word in _WORDS and not _WORDS[word](limit, value):
                yield [], *_told(word, value, limit)
        return
    if setting not in trial.validators:
        trial.validators[setting] = _strict_validator(rule)
    error: Any  # the stubs think that its fields may be unset
    for error in trial.validators[setting].iter_errors(value):
        where = [str(word) for word in error.absolute_path]
        yield where, *_told(error.validator, error.instance, error.validator_value, error.message)


def _is_same(one: object, other: object) -> bool:
    """Equal in JSON, where true is not 1."""
    return type(one) is type(other) and one == other


def _is_matched(pattern: str, value: Value) -> bool:
    return not isinstance(value, str) or _compiled(pattern).search(value) is not None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SILENT = {"default", "description"}
_TYPES_OF = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": lambda name, value: type(value) in _TYPES_OF.get(name, ()),
    "enum": lambda choices, value: any(_is_same(choice, value) for choice in choices),
    "pattern": _is_matched,
    "minimum": lambda bound, value: not _is_number(value) or value >= bound,
    "maximum": lambda bound, value: not _is_number(value) or value <= bound,
}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """`$` of Python also matches before a newline at the end, which could smuggle a line into a configuration."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


def _strict_validator(rule: Rule) -> "Validator":
    from jsonschema import Draft202012Validator, ValidationError, validators

    def pattern(_: object, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
        if isinstance(value, str) and not _compiled(pattern).search(value):
            yield ValidationError(f"{value!r} does not match {pattern!r}")

    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": pattern}, type_checker=whole
    )
    made: Validator = strict(rule)
    return made


def _told(word: str, value: Value, limit: Any, message: str = "") -> tuple[str, str]:
    """What is wrong with a value that breaks the `word` of a rule, and how to mend it."""
    written = shown(value) if isinstance(value, str) else json.dumps(value)[:60]
    match word:
        case "enum":
            remedy = f'write "{value}", in quotes' if str(value) in limit and not isinstance(value, str) else ""
            return f"{written} is not one of {', '.join(map(str, limit))}", remedy
        case "type":
            remedy = f'write "{value}", in quotes' if limit == "string" and isinstance(value, int | float) else ""
            return f"{written} is not {_TYPES.get(limit, str(limit)) if isinstance(limit, str) else limit}", remedy
        case "pattern":
            return f"{written} is not written as {limit}", ""
        case "minimum":
            return f"{written} is too small", f"at least {limit}"
        case "maximum":
            return f"{written} is too large", f"at most {limit}"
    return message[:200], ""


_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
