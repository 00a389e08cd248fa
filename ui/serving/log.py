"""The log of a server: lines for people, or JSON for machines, on stderr."""

import json
import logging
import sys
import time

LOUDEST_OF_OTHERS = logging.WARNING
"""What the libraries say is logged from this level on."""
SAID_BY_MESSAGES = ("method", "path", "status")


class JsonLines(logging.Formatter):
    """Log records as JSON, a line each: time, level, logger, message, and the record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception is one string in it."""
        content = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Log records as people read them: time, level, logger, message, and the record's `fields` as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without control characters; an exception follows on lines of its own."""
        fields = "".join(
            f" {name}={value}"
            for name, value in getattr(record, "fields", {}).items()
            if value not in (None, "") and name not in SAID_BY_MESSAGES
        )
        line = f"{_moment(record)} {record.levelname.lower():7} {record.name}: {record.getMessage()}{fields}"
        text = "".join(character if character.isprintable() else "\ufffd" for character in line)
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def log_to_stderr(level: str, *, as_json: bool) -> None:
    """Have everything that Backdraft logs written to stderr, and the warnings of its libraries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    ours, others = logging.getLogger("backdraft"), logging.getLogger()
    for logger in (ours, others):
        logger.handlers = [handler]
    ours.setLevel(level.upper())
    others.setLevel(LOUDEST_OF_OTHERS)
    ours.propagate = False


def _moment(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"
