"""Whether a schema can run with a catalogue: everything that stands against it, in one pass, with places."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import islice
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from composer import syntax
from composer.catalogue import Catalogue, Kind, KindPort
from composer.gaps import NO_GAPS, Gaps
from composer.model import Component, Connection, Place, Problem, Schema, position
from composer.offers import OfferError, accepted, offered, port_of, ports
from composer.quoting import shown
from composer.references import Reference, ReferenceSyntaxError, distinct_references
from composer.routes import ALGORITHMS
from composer.spelling import suggestion

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

PROBLEMS = 200
SUGGESTIONS = 25
# the engine refuses a container with less
LEAST_MEMORY = 6 * 2**20
KERNEL_FOLDERS = ("/proc", "/sys", "/dev")

_IMAGE = re.compile(syntax.IMAGE)
_IMAGE_ID = re.compile("[0-9a-f]{64}")
_SECRET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ROUTE_FIELDS = ("path", "host", "weight", "algorithm")

Found = tuple[str, str, str]
"""A path, what is wrong there, and how to mend it."""


def validate(schema: Schema, catalogue: Catalogue, gaps: Gaps = NO_GAPS) -> tuple[Problem, ...]:
    """What keeps `schema` from running, in the order of its text; empty when nothing does.

    At most the first 200 problems: a text with more is mended in rounds. What may depend on `gaps` is not judged.
    """
    drawing = _Drawing(schema, catalogue, gaps)
    problems = [
        Problem(path, fault, remedy, _place(schema, path))
        for path, fault, remedy in islice(_problems(drawing), PROBLEMS)
    ]
    return tuple(sorted(problems, key=position))


class _Drawing:
    """A schema on trial; what is asked again and again is found out once."""

    def __init__(self, schema: Schema, catalogue: Catalogue, gaps: Gaps) -> None:
        self.schema = schema
        self.catalogue = catalogue
        self.gaps = gaps
        self.drawn: dict[str, list[Connection]] = {}
        for connection in schema.connections:
            self.drawn.setdefault(connection.client, []).append(connection)
        self._ports: dict[tuple[object, ...], KindPort | OfferError] = {}
        self._meant: dict[str, str] = {}

    def port(self, connection: Connection) -> KindPort:
        """What `port_of` says. A server may have 50 ports and be drawn to 5,000 times."""
        question = (connection.server, connection.port, accepted(self.schema, self.catalogue, connection.client))
        if question not in self._ports:
            try:
                self._ports[question] = port_of(self.schema, self.catalogue, connection)
            except OfferError as error:
                self._ports[question] = error
        answer = self._ports[question]
        if isinstance(answer, OfferError):
            raise answer
        return answer

    def meant(self, name: str) -> str:
        """The remedy for an unknown component. Looking among 2,000 names costs 2 ms, so the first words have to do."""
        if name not in self._meant:
            if len(self._meant) == SUGGESTIONS:
                return ""
            self._meant[name] = suggestion(name, self.schema.components)
        return self._meant[name]


def _problems(drawing: _Drawing) -> Iterator[Found]:
    schema = drawing.schema
    validators = _Validators()
    for component in schema.components.values():
        yield from _component_problems(drawing, component, validators)
    yield from _connection_problems(drawing)
    yield from _published_twice(schema)
    for name in schema.layout:
        if name not in schema.components and not drawing.gaps.may_name(name):
            yield f"layout/{name}", f"there is no component '{name}'", drawing.meant(name)


def _place(schema: Schema, path: str) -> Place | None:
    """Where `path` stands, or what is around it when it was left out."""
    while path:
        if place := schema.places.get(path):
            return place
        path = path.rpartition("/")[0]
    return None


def _component_problems(drawing: _Drawing, component: Component, validators: "_Validators") -> Iterator[Found]:
    path = f"components/{component.name}"
    catalogue = drawing.catalogue
    yield from _reference_problems(drawing, component, path)
    if component.limits.memory is not None and component.limits.memory < LEAST_MEMORY:
        yield f"{path}/limits/memory", "no container runs in so little memory", f"at least {LEAST_MEMORY // 2**20}MiB"
    kind = catalogue.get(component.kind)
    if kind is None:
        yield f"{path}/kind", f"there is no kind '{component.kind}'", suggestion(component.kind, catalogue.kinds)
        return
    yield from _setting_problems(component, kind, path, validators)
    yield from _image_problems(component, kind, path)
    yield from _port_problems(component, kind, path)
    yield from _volume_problems(component, kind, path)
    yield from _running_problems(component, kind, path)


def _setting_problems(component: Component, kind: Kind, path: str, validators: "_Validators") -> Iterator[Found]:
    for name, value in component.settings.items():
        rule = kind.settings.get(name)
        if rule is None:
            yield f"{path}/settings/{name}", f"'{kind.name}' has no setting '{name}'", suggestion(name, kind.settings)
        elif "default" not in rule or not _same(rule["default"], value):
            for words, fault, remedy in validators.faults(kind.name, name, rule, value):
                yield "/".join((path, "settings", name, *words)), fault, remedy
    for name, rule in kind.settings.items():
        if "default" not in rule and name not in component.settings:
            yield f"{path}/settings", f"the setting '{name}' is missing", str(rule.get("description", ""))


def _same(one: object, other: object) -> bool:
    """Equal in JSON, where true is not 1."""
    return type(one) is type(other) and one == other


def _image_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    if component.image is not None:
        name = component.image
        if len(name) > syntax.IMAGE_LENGTH or not _IMAGE.fullmatch(name) or _IMAGE_ID.fullmatch(name):
            remedy = "write [registry/]repository[:tag][@sha256:…], in lower case up to the tag"
            yield f"{path}/image", f"{shown(name)} is not the name of an image", remedy
        if component.source is not None:
            yield f"{path}/source", "both an image and a source are given", "keep one of them"
        return
    if component.source is not None and kind.build is None:
        remedy = "remove it, or choose a kind that does, such as python"
        yield f"{path}/source", f"'{kind.name}' runs no code of yours", remedy
    if component.source is None and kind.source_required:
        yield path, f"'{kind.name}' runs your code, and no source is given", "write `source: {directory: …}`"
    if component.source is None and kind.image is None and not kind.source_required:
        yield path, f"'{kind.name}' needs an image or a source", "write `image: …` or `source: {directory: …}`"


def _port_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    known = ports(component, kind)
    for name in component.publish:
        if name not in known:
            yield f"{path}/publish/{name}", f"'{component.name}' has no port '{name}'", suggestion(name, known)
    health = component.health
    if health and health.tcp and health.tcp not in known:
        yield f"{path}/health/tcp", f"'{component.name}' has no port '{health.tcp}'", suggestion(health.tcp, known)
    if health and health.http and health.http.port not in known:
        name = health.http.port
        yield f"{path}/health/http", f"'{component.name}' has no port '{name}'", suggestion(name, known)


def _volume_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    mounted = {normpath(place): f"the volume '{name}' of its kind" for name, place in kind.volumes.items()}
    mounted |= {normpath(place): "a folder in memory of its kind" for place in kind.tmpfs}
    for name in component.volumes:
        if name in kind.volumes:
            mounted.pop(normpath(kind.volumes[name]), None)
    for name, written in component.volumes.items():
        where = f"{path}/volumes/{name}"
        mount = "/" + normpath(written).lstrip("/")
        if not written.startswith("/") or ".." in written.split("/"):
            yield where, f"{shown(written)} is not an absolute path", "begin it with `/` and write no `..`"
        elif mount == "/":
            yield where, "a volume cannot cover the whole file system", "name a folder inside it"
        elif any(mount == folder or mount.startswith(folder + "/") for folder in KERNEL_FOLDERS):
            yield where, f"{mount} belongs to the kernel", "choose a folder outside /proc, /sys and /dev"
        elif mount in mounted:
            yield where, f"{mount} is taken by {mounted[mount]}", "choose another path"
        mounted.setdefault(mount, f"the volume '{name}'")


def _running_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    if component.replicas.max > 1:
        where = f"{path}/replicas"
        if kind.single:
            yield where, f"'{kind.name}' runs as one replica: two would not share their data", "write `replicas: 1`"
        elif component.publish:
            remedy = "publish a proxy, and draw it to this component"
            yield where, "replicas cannot share one published port of the host", remedy
    if component.schedule is not None and kind.run != "job":
        remedy = "schedules are for jobs: use a kind that runs to completion, such as job"
        yield f"{path}/schedule", f"'{kind.name}' is a service that stays up", remedy


def _reference_problems(drawing: _Drawing, component: Component, path: str) -> Iterator[Found]:
    given: dict[tuple[str, ...], set[str]] | None = None
    for name, text in component.environment.items():
        if "${" not in text:
            continue
        where = f"{path}/environment/{name}"
        try:
            found = distinct_references(text)
        except ReferenceSyntaxError as error:
            fault, _, remedy = str(error).partition("; ")
            yield where, fault, remedy
            continue
        given = _given(drawing, component) if given is None else given
        for reference in found:
            if _is_free(reference):
                continue
            *target, word = reference.words
            if len(given.get((*target, word.upper().replace("-", "_")), ())) != 1:
                fault, remedy = _reference_fault(drawing, component, reference)
                if fault:
                    yield where, fault, remedy


def _is_free(reference: Reference) -> bool:
    """Whether it means a secret or a variable, which nothing in the schema has to give."""
    words = reference.words
    return words[0] in ("secret", "env") and len(words) == 2 and _SECRET_NAME.fullmatch(words[1]) is not None


def _given(drawing: _Drawing, component: Component) -> dict[tuple[str, ...], set[str]]:
    """The ports that answer to each name a component may refer to; a schema may hold 50,000 references to check."""
    given: dict[tuple[str, ...], set[str]] = {}
    for connection in drawing.drawn.get(component.name, ()):
        try:
            port = drawing.port(connection)
        except OfferError:
            continue
        for key in port.offers:
            given.setdefault((connection.server, key), set()).add(port.name)
            given.setdefault((connection.server, port.name, key), set()).add(port.name)
    return given


def _reference_fault(drawing: _Drawing, component: Component, reference: Reference) -> tuple[str, str]:
    """What is wrong with a reference, and how to mend it; empty when nothing is."""
    schema, gaps = drawing.schema, drawing.gaps
    first, *rest = reference.words
    if first in ("secret", "env"):
        if first == "secret" and rest[0] in schema.components:
            fault = f"{reference}: a component's own secrets are not yours to read"
            return fault, f"draw a connection to it and write what it offers, such as ${{{rest[0]}.password}}"
        return f"{reference} is not a name of letters, digits and `_`", f"write ${{{first}.NAME}}"
    if first in syntax.RESERVED_NAMES:
        return f"{reference} is for the files of kinds", "write the value out"
    if first not in schema.components:
        if gaps.may_name(first):
            return "", ""
        return f"{reference}: there is no component '{first}'", drawing.meant(first)
    if first == component.name:
        return f"{reference} refers to the component it stands in", "write the value out"
    if gaps.may_connect(component.name):
        return "", ""
    lines = [line for line in drawing.drawn.get(component.name, ()) if line.server == first]
    if not lines:
        fault = f"{reference}: no connection is drawn to '{first}'"
        return fault, f"draw it: `- {{from: {component.name}, to: {first}}}`"
    if schema.components[first].kind not in drawing.catalogue:
        return "", ""
    try:
        offered(schema, drawing.catalogue, lines, reference)
    except OfferError as error:
        return error.fault, suggestion(reference.words[-1], error.choices) if error.choices else error.remedy
    return "", ""


def _connection_problems(drawing: _Drawing) -> Iterator[Found]:
    schema, catalogue, gaps = drawing.schema, drawing.catalogue, drawing.gaps
    seen: dict[tuple[object, ...], int] = {}
    prefixes: dict[tuple[str, str], tuple[str, str]] = {}
    for number, connection in enumerate(schema.connections):
        index = gaps.index(number)
        path = f"connections/{index}"
        ends = (("from", connection.client), ("to", connection.server))
        for end, name in ends:
            if name not in schema.components and not gaps.may_name(name):
                yield f"{path}/{end}", f"there is no component '{name}'", drawing.meant(name)
        if any(name not in schema.components for _, name in ends):
            continue
        if connection.client == connection.server:
            yield f"{path}/to", f"'{connection.client}' is connected to itself", "remove the connection"
            continue
        yield from _route_problems(schema, catalogue, connection, path)
        if schema.components[connection.server].kind not in catalogue:
            continue
        try:
            port = drawing.port(connection)
        except OfferError as error:
            remedy = suggestion(connection.port, error.choices) if connection.port else error.remedy
            yield f"{path}/to", error.fault, remedy
            continue
        speaks = accepted(schema, catalogue, connection.client)
        if speaks is not None and port.protocol not in speaks:
            yield f"{path}/to", *_mismatch(schema, catalogue, connection, port.protocol, speaks)
            continue
        word = connection.prefix or port.prefix or _own_prefix(connection.server)
        line = (connection.client, connection.server, port.name, word, connection.host, connection.path or "/")
        if line in seen:
            yield path, f"it is drawn already, as connections/{seen[line]}", "remove one of them"
            continue
        seen[line] = index
        target = (connection.server, port.name)
        first = prefixes.setdefault((connection.client, word), target)
        if first != target and not _is_proxy(schema, catalogue, connection.client):
            fault = f"'{connection.client}' is given {word}_… by '{first[0]}' already"
            yield path, fault, f"tell them apart, such as `as: {_own_prefix(connection.server)}`"
    yield from _algorithm_problems(schema, gaps)


def _is_proxy(schema: Schema, catalogue: Catalogue, name: str) -> bool:
    kind = catalogue.get(schema.components[name].kind)
    return kind is not None and kind.routes


def _own_prefix(name: str) -> str:
    return name.upper().replace("-", "_")


def _mismatch(
    schema: Schema, catalogue: Catalogue, connection: Connection, protocol: str, speaks: tuple[str, ...]
) -> tuple[str, str]:
    client, server = schema.components[connection.client], schema.components[connection.server]
    target = f"{server.name}.{connection.port}" if connection.port else server.name
    if not speaks:
        return f"'{client.name}' ({client.kind}) is no client of anything", "remove it, or draw it the other way round"
    fault = f"'{client.name}' ({client.kind}) speaks {', '.join(speaks)}, '{target}' speaks {protocol}"
    fitting = [
        f"{server.name}.{name}"
        for name, port in ports(server, catalogue.get(server.kind)).items()
        if port.protocol in speaks
    ]
    return fault, f"draw it to {', '.join(fitting)}" if fitting else ""


def _route_problems(schema: Schema, catalogue: Catalogue, connection: Connection, path: str) -> Iterator[Found]:
    client = schema.components[connection.client]
    if client.kind not in catalogue or catalogue[client.kind].routes:
        return
    for word in _ROUTE_FIELDS:
        if getattr(connection, word) is not None:
            remedy = "remove it; routes are drawn from proxies"
            yield f"{path}/{word}", f"'{client.name}' ({client.kind}) is no proxy", remedy


def _algorithm_problems(schema: Schema, gaps: Gaps) -> Iterator[Found]:
    """Routes whose connections contradict each other: two algorithms, or no weight at all."""
    routes: dict[tuple[str, str, str], list[int]] = {}
    for index, connection in enumerate(schema.connections):
        route = (connection.client, connection.host or "", connection.path or "/")
        routes.setdefault(route, []).append(index)
    for (client, host, path), indexes in routes.items():
        lines = [schema.connections[index] for index in indexes]
        algorithms = sorted({line.algorithm for line in lines if line.algorithm}, key=ALGORITHMS.index)
        if len(algorithms) > 1:
            last = next(index for index in reversed(indexes) if schema.connections[index].algorithm)
            fault = f"the route {host}{path} of '{client}' is given {' and '.join(algorithms)}"
            yield f"connections/{gaps.index(last)}/algorithm", fault, "name one algorithm for a route"
        if all(line.weight == 0 for line in lines) and not gaps.may_connect(client):
            fault = f"the route {host}{path} of '{client}' leads nowhere: every weight is 0"
            yield f"connections/{gaps.index(indexes[0])}/weight", fault, "give one of them a weight"


def _published_twice(schema: Schema) -> Iterator[Found]:
    """Two components that want the same port of the same host; 0.0.0.0 and [::] overlap every address of their sort."""
    taken: dict[int, list[tuple[Component, str, str]]] = {}
    for component in schema.components.values():
        for name, published in component.publish.items():
            address = str(ip_address(published.address))
            others = taken.setdefault(published.number, [])
            first = next((other for other in others[:20] if _clash(component, address, other[0], other[2])), None)
            if first:
                fault = f"{address}:{published.number} is taken by components/{first[0].name}/publish/{first[1]}"
                yield f"components/{component.name}/publish/{name}", fault, "choose another number"
            others.append((component, name, address))


def _clash(one: Component, address: str, other: Component, other_address: str) -> bool:
    apart = one.place.host and other.place.host and one.place.host != other.place.host
    if apart or (":" in address) != (":" in other_address):
        return False
    return address == other_address or bool({address, other_address} & {"0.0.0.0", "::"})  # noqa: S104 (compared)


@dataclass
class _Validators:
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
        # `$` of Python also matches before a newline at the end, which could smuggle a line into a configuration
        if isinstance(value, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), value):
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
