"""The published JSON Schema (draft 2020-12) of a schema's text, by which editors complete and check."""

from collections.abc import Mapping
from typing import Any

from composer import syntax
from composer.catalogue import Catalogue, Kind
from composer.model import NAME_LENGTH, SCHEMA_VERSION, Isolation
from composer.reading.tree import KEY_LENGTH
from composer.routes import ALGORITHMS

Rule = dict[str, Any]


def document_schema(catalogue: Catalogue | None = None) -> Rule:
    """A JSON Schema of the document; with a catalogue, also of the settings that each of its kinds has.

    What it cannot say (a git URL and a branch that need each other, a name drawn twice) only `backdraft check` tells.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Backdraft schema",
        "description": "What should run: components, the connections between them, and where they stand on the canvas.",
        "type": "object",
        "additionalProperties": False,
        "required": ["backdraft", "name"],
        "properties": {
            "backdraft": {
                "description": "Version of this format.",
                "type": "integer",
                "const": SCHEMA_VERSION,
            },
            "name": _name("Name of the project; containers, networks and volumes carry it."),
            "network": {
                "description": "isolated: what is not drawn is not reachable. shared: one network for everything.",
                "enum": [str(way) for way in Isolation],
                "default": str(Isolation.ISOLATED),
            },
            "components": {
                "description": "The boxes of the drawing, by name.",
                "type": ["object", "null"],
                "maxProperties": syntax.COMPONENTS,
                "propertyNames": {
                    **_name("Name of a component; also its name on the network."),
                    "not": {"enum": list(syntax.RESERVED_NAMES)},
                },
                "additionalProperties": {"$ref": "#/$defs/component"},
            },
            "connections": {
                "description": "The lines of the drawing: each grants reach, gives addresses and orders the start.",
                "type": ["array", "null"],
                "maxItems": syntax.CONNECTIONS,
                "items": {"$ref": "#/$defs/connection"},
            },
            "layout": {
                "description": "Where each component stands on the canvas: [x, y]. It changes nothing that runs.",
                "type": ["object", "null"],
                "maxProperties": syntax.COMPONENTS,
                "propertyNames": _name("Name of a component."),
                "additionalProperties": _point("Its upper left corner."),
            },
            "notes": {
                "description": "Words to the readers of the drawing, each by a name of its own. They change nothing.",
                "type": ["object", "null"],
                "maxProperties": syntax.NOTES,
                "propertyNames": _name("Name of a note."),
                "additionalProperties": _object(
                    "A note on the drawing.",
                    {"text": _text("What it says."), "at": _point("Its upper left corner.")},
                    "text",
                    "at",
                ),
            },
        },
        "$defs": {"component": _component(catalogue), "connection": _connection(), "argv": _argv()},
    }


def _component(catalogue: Catalogue | None) -> Rule:
    rule = _object(
        "A box of the drawing. What is left out is up to its kind.",
        {
            "kind": _kind(catalogue),
            "note": _text("A word to the reader."),
            "group": _pattern("Title of the frame it is drawn in, with others.", syntax.GROUP, syntax.GROUP_LENGTH),
            "image": _text("Image to run instead of the kind's: [registry/]repository[:tag][@sha256:…]."),
            "source": _source(),
            "settings": {
                "description": "What the kind lets a schema set.",
                "type": ["object", "null"],
                "propertyNames": {"maxLength": KEY_LENGTH},
            },
            "environment": {
                "description": "Environment of the process; it may refer to ${db.url}, ${secret.NAME} and ${env.NAME}.",
                "type": ["object", "null"],
                "propertyNames": {"pattern": syntax.ENVIRONMENT_NAME, "maxLength": KEY_LENGTH},
                "additionalProperties": {
                    "type": ["string", "number", "boolean"],
                    "maxLength": syntax.ENVIRONMENT_BYTES,
                },
            },
            "command": {"$ref": "#/$defs/argv", "description": "Program and arguments instead of the kind's."},
            "replicas": _replicas(),
            "publish": _names(
                "Ports to open on the host: name of the port to number, or to address:number.", _publication()
            ),
            "ports": _names(
                "Ports beside the kind's, or in their place.",
                _object(
                    "A port.",
                    {
                        "protocol": {"description": "What is spoken.", "enum": list(syntax.PROTOCOLS)},
                        "number": _whole("Number inside the container.", 1, syntax.PORT_NUMBER),
                    },
                    "protocol",
                    "number",
                ),
                syntax.PORTS,
            ),
            "volumes": _names(
                "Data that outlives the container: name to absolute path inside it.",
                _pattern("Absolute path inside the container.", syntax.MOUNT),
            ),
            "place": _object(
                "Where it may stand; anywhere unless given.",
                {
                    "zone": _pattern("Name of a datacentre.", syntax.PLACE_NAME, 63),
                    "host": _pattern("Name of a host.", syntax.PLACE_NAME, 63),
                },
            ),
            "limits": _limits(),
            "health": _health(),
            "egress": {"description": "Whether it reaches the world outside the drawing.", "type": "boolean"},
            "schedule": {
                **_text("When a job runs: five cron fields, such as `15 3 * * *`."),
                "maxLength": syntax.SCHEDULE_LENGTH,
                "pattern": r"^\s*\S+(\s+\S+){4}\s*$",
            },
            "relax": {
                "description": "Hardening to give up, each with its reason.",
                "type": ["object", "null"],
                "propertyNames": {"enum": list(syntax.RELAXATIONS)},
                "additionalProperties": {**_text("Why it is needed."), "pattern": r"\S"},
            },
        },
        "kind",
    )
    if catalogue is not None:
        rule["allOf"] = [_settings(kind) for kind in catalogue.kinds.values()]
    return rule


def _kind(catalogue: Catalogue | None) -> Rule:
    if catalogue is None:
        return _name("Which entry of the catalogue it is.")
    return {
        "description": "Which entry of the catalogue it is.",
        "oneOf": [{"const": kind.name, "description": kind.summary} for kind in catalogue.kinds.values()],
    }


def _settings(kind: Kind) -> Rule:
    required = [name for name, rule in kind.settings.items() if "default" not in rule]
    settings: Rule = {"properties": dict(kind.settings), "additionalProperties": False}
    then: Rule = {"properties": {"settings": settings}}
    if required:
        settings |= {"type": "object", "required": required}
        then["required"] = ["settings"]
    return {"if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]}, "then": then}


def _source() -> Rule:
    rule = _object(
        "Code to build the image from.",
        {
            "directory": _pattern("Directory beside the schema, or inside the repository.", syntax.DIRECTORY),
            "git": _pattern("Repository: https://host/path, ssh://host/path or git@host:path.", syntax.GIT),
            "branch": _pattern("Branch, tag or commit.", syntax.BRANCH),
        },
    )
    rule |= {"anyOf": [{"required": ["directory"]}, {"required": ["git"]}], "dependentRequired": {"branch": ["git"]}}
    return rule


def _replicas() -> Rule:
    number = {"type": "integer", "minimum": 0, "maximum": syntax.REPLICAS}
    bounds = _object(
        "Between min and max, by load.",
        {
            "min": {"description": "At least so many.", **number},
            "max": _whole("At most so many.", 1, syntax.REPLICAS),
            "cpu": _whole("Add one when the mean CPU share passes this percentage.", 1, 100),
        },
    )
    return {"description": "How many containers run.", "oneOf": [number, bounds]}


def _publication() -> Rule:
    return {
        "description": "Number on the host (on 127.0.0.1), or address:number.",
        "oneOf": [
            {"type": "integer", "minimum": 1, "maximum": syntax.PORT_NUMBER},
            {"type": "string", "pattern": syntax.PUBLICATION},
        ],
    }


def _limits() -> Rule:
    return _object(
        "What one replica may use.",
        {
            "memory": _pattern("Memory, such as 256MiB.", syntax.MEMORY),
            "cpus": _number("CPU cores, such as 0.5.", syntax.CPUS),
            "pids": _whole("Processes.", 1, syntax.PIDS),
        },
    )


def _health() -> Rule:
    probe = _object(
        "GET a path of a port.",
        {"port": _name("Name of the port."), "path": _pattern("Path; `/` unless given.", syntax.PROBE)},
        "port",
    )
    return _object(
        "When a replica is ready: every probe given here succeeds.",
        {
            "tcp": _name("Port that accepts a connection."),
            "http": {
                "description": "Port, or port and path, that answers with a status below 400.",
                "oneOf": [_name("Name of the port."), probe],
            },
            "command": {"$ref": "#/$defs/argv", "description": "Program inside the container that ends with 0."},
            "timeout": _number("Seconds it may take from the start.", syntax.TIMEOUT),
        },
    )


def _connection() -> Rule:
    return _object(
        "A line from a client to a server's port.",
        {
            "from": _name("The client."),
            "to": _pattern("The server, or one of its ports: db.primary.", syntax.TARGET, 2 * NAME_LENGTH + 1),
            "as": _pattern("First word of the environment names the client is given.", syntax.PREFIX, 64),
            "path": _pattern("For a proxy: path under which requests go there.", syntax.ROUTE),
            "host": _pattern("For a proxy: host for which requests go there.", syntax.HOST, 253),
            "weight": _whole("For a proxy: share among the servers of one route.", 0, syntax.WEIGHT),
            "algorithm": {
                "description": "For a proxy: how a server of the route is chosen.",
                "enum": list(ALGORITHMS),
            },
        },
        "from",
        "to",
    )


def _argv() -> Rule:
    return {
        "type": "array",
        "minItems": 1,
        "items": {"type": ["string", "number", "boolean"], "maxLength": syntax.ENVIRONMENT_BYTES},
    }


def _point(description: str) -> Rule:
    return {
        "description": description,
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": {"type": "number", "minimum": -syntax.LAYOUT, "maximum": syntax.LAYOUT},
    }


def _object(description: str, properties: Mapping[str, Rule], *required: str) -> Rule:
    rule: Rule = {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "properties": dict(properties),
    }
    return {**rule, "required": list(required)} if required else rule


def _names(description: str, value: Rule, most: int | None = None) -> Rule:
    rule: Rule = {
        "description": description,
        "type": ["object", "null"],
        "propertyNames": {"pattern": syntax.NAME, "maxLength": NAME_LENGTH},
        "additionalProperties": value,
    }
    return rule if most is None else {**rule, "maxProperties": most}


def _name(description: str) -> Rule:
    return _pattern(description, syntax.NAME, NAME_LENGTH)


def _pattern(description: str, pattern: str, length: int = syntax.PATTERN_LENGTH) -> Rule:
    return {"description": description, "type": "string", "pattern": pattern, "maxLength": length}


def _text(description: str) -> Rule:
    return {"description": description, "type": "string", "maxLength": syntax.TEXT_LENGTH}


def _whole(description: str, low: int, high: int) -> Rule:
    return {"description": description, "type": "integer", "minimum": low, "maximum": high}


def _number(description: str, high: float) -> Rule:
    return {"description": description, "type": "number", "exclusiveMinimum": 0, "maximum": high}
