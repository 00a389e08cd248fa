"""What is wrong with the settings of a component, by the JSON Schemas of its kind."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from composer.catalogue import Kind
from composer.model import Component, Value
from composer.quoting import shown
from composer.validation.trial import Found, Trial

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def setting_problems(
    trial: Trial, component: Component, kind: Kind, path: str, validators: "Validators"
) -> Iterator[Found]:
    """What is wrong with its settings."""
    for name, value in component.settings.items():
        rule = kind.settings.get(name)
        if rule is None:
            yield (
                f"{path}/settings/{name}",
                f"'{kind.name}' has no setting '{name}'",
                trial.meant(name, kind.settings),
            )
        elif not _is_kept(rule, value):
            for words, fault, remedy in validators.faults(kind.name, name, rule, value):
                yield "/".join((path, "settings", name, *words)), fault, remedy
    for name, rule in kind.settings.items():
        if "default" not in rule and name not in component.settings:
            yield f"{path}/settings", f"the setting '{name}' is missing", str(rule.get("description", ""))


def _is_kept(rule: Mapping[str, Any], value: Value) -> bool:
    """Whether a value keeps a rule of the few words that most rules have; False as well where only jsonschema can tell.

    jsonschema needs 15 µs for a value, too long for a text full of them, and 0.1 s to be imported.
    """
    if "default" in rule and type(rule["default"]) is type(value) and rule["default"] == value:
        return True
    return rule.keys() <= _WORDS.keys() | {"default", "description"} and all(
        keeps(rule[word], value) for word, keeps in _WORDS.items() if word in rule
    )


def _is_of_type(name: Any, value: Value) -> bool:
    return type(value) in _TYPES_OF.get(str(name), ())


def _is_matched(pattern: str, value: Value) -> bool:
    return isinstance(value, str) and _compiled(pattern).search(value) is not None


def _is_least(bound: float, value: Value) -> bool:
    return isinstance(value, int | float) and value >= bound


def _is_most(bound: float, value: Value) -> bool:
    return isinstance(value, int | float) and value <= bound


_TYPES_OF = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}
_WORDS: Mapping[str, Callable[[Any, Value], bool]] = {
    "type": _is_of_type,
    "enum": lambda choices, value: isinstance(value, str) and value in choices,
    "pattern": _is_matched,
    "minimum": _is_least,
    "maximum": _is_most,
}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """`$` of Python also matches before a newline at the end, which could smuggle a line into a configuration."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


@dataclass
class Validators:
    """The JSON Schemas of settings, made ready once for each kind and setting of a schema."""

    made: dict[tuple[str, str], "Validator"] = field(default_factory=dict)

    def faults(
        self, kind: str, setting: str, rule: Mapping[str, Any], value: Any
    ) -> Iterator[tuple[list[str], str, str]]:
        """Where inside the value, what is wrong and how to mend it, in the order of the value."""
        if (kind, setting) not in self.made:
            self.made[kind, setting] = _strict_validator(rule)
        for error in self.made[kind, setting].iter_errors(value):
            yield [str(word) for word in error.absolute_path], *_setting_fault(error)


def _strict_validator(rule: Mapping[str, Any]) -> "Validator":
    # jsonschema costs 0.1 s to import, and most schemas keep to the defaults
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


def _setting_fault(error: Any) -> tuple[str, str]:
    value, limit = error.instance, error.validator_value
    written = shown(value) if isinstance(value, str) else json.dumps(value)[:60]
    match error.validator:
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
    return str(error.message)[:200], ""


_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
