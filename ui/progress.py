"""The progress of a deploy: events fold into a board of one row for each component, drawn live or told line by line."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO, cast

from deployer.events import Event, Listener, Message, Phase, PhaseChanged
from ui.output import duration, say, talk_to_nobody

if TYPE_CHECKING:
    from rich.table import Table

ORDER = (
    Phase.FAILED,
    Phase.FETCHING,
    Phase.PULLING,
    Phase.BUILDING,
    Phase.WAITING,
    Phase.STARTING,
    Phase.STOPPING,
    Phase.READY,
    Phase.REMOVED,
)
"""Which of its replicas' phases a component shows: the first of these that one of them is in."""

STYLES = {
    Phase.WAITING: "dim",
    Phase.FETCHING: "cyan",
    Phase.PULLING: "cyan",
    Phase.BUILDING: "cyan",
    Phase.STARTING: "yellow",
    Phase.READY: "green",
    Phase.STOPPING: "yellow",
    Phase.REMOVED: "dim",
    Phase.FAILED: "bold red",
}


OURS = "_"
"""How the names of containers begin that are drawn by nobody."""


@dataclass
class Board:
    """Where every replica of every component stands, as far as events have told."""

    components: tuple[str, ...] = ()
    is_over: bool = False
    _last: dict[str, dict[int, PhaseChanged]] = field(default_factory=dict)

    def hear(self, event: Event) -> bool:
        """Take in an event; whether it changed anything on the board."""
        if not isinstance(event, PhaseChanged) or event.component.startswith(OURS):
            return False
        replicas = self._last.setdefault(event.component, {})
        last = replicas.get(event.replica)
        # the container that a ready one replaces goes last: the replica itself stays ready
        if last and last.phase is Phase.READY and event.phase in (Phase.STOPPING, Phase.REMOVED):
            return False
        if last and (last.phase, last.detail) == (event.phase, event.detail):
            return False
        if event.replica:
            replicas.pop(0, None)
        replicas[event.replica] = event
        return True

    def rows(self) -> tuple[tuple[str, Phase, str], ...]:
        """Component, phase and what to say, for each component in the order of the schema."""
        last = {name: dict(replicas) for name, replicas in list(self._last.items())}  # another thread may be telling
        names = [*self.components, *sorted(set(last) - set(self.components))]
        return tuple((name, *self._row(last.get(name, {}))) for name in names)

    def _row(self, replicas: dict[int, PhaseChanged]) -> tuple[Phase, str]:
        if not replicas:
            return Phase.WAITING, "nothing done" if self.is_over else "waiting"
        if self.is_over and all(event.phase is Phase.FETCHING for event in replicas.values()):
            return Phase.WAITING, "nothing done"  # the source is what it was
        shown = min(replicas.values(), key=lambda event: ORDER.index(event.phase))
        ready = sum(event.phase is Phase.READY for event in replicas.values())
        text = phrase(max(replicas.values(), key=lambda event: event.took or 0) if ready == len(replicas) else shown)
        if len(replicas) > 1:
            text += f" ({ready} of {len(replicas)} ready)" if ready < len(replicas) else f" ({ready} replicas)"
        return shown.phase, text


def phrase(event: PhaseChanged) -> str:
    """`ready in 1.2 s`, `pulling postgres:17`."""
    if event.phase is Phase.READY and event.took is not None:
        return f"ready in {duration(event.took)}"
    if event.phase in (Phase.STOPPING, Phase.REMOVED) and event.replica:
        return f"{event.phase.value} replica {event.replica}"
    # engines and build tools write what they like, terminal commands among it
    detail = "".join(filter(str.isprintable, " ".join(event.detail.split())))[:160]
    return detail if detail.startswith(event.phase.value) else f"{event.phase.value} {detail}".rstrip()


def line(event: PhaseChanged) -> str:
    """An event as a line of its own: `  3.2 s  api.1  ready in 1.2 s`."""
    name = f"{event.component}.{event.replica}" if event.replica else event.component
    return f"{duration(event.seconds):>8}  {name}  {phrase(event)}"


@contextmanager
def shown_progress(components: Iterable[str], *, stays: bool = True) -> Iterator[Listener]:
    """A listener that shows what it is told on stderr: a live board on a terminal, otherwise a line for each change.

    At the end the board `stays` where it is, or makes room for what comes then.
    """
    board = Board(tuple(components))
    if not sys.stderr.isatty():
        yield _Lines(board).hear
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(file=cast(TextIO, _Enduring(sys.stderr)))
    shown = Live(console=console, refresh_per_second=8, transient=not stays, get_renderable=lambda: _drawn(board))
    with shown as live:
        yield _Drawing(board, live.console.print).hear
        board.is_over = True


class _Enduring:
    """A terminal that may go away while somebody writes to it."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)

    def write(self, text: str) -> int:
        with self._enduring():
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        with self._enduring():
            self._terminal.flush()

    @contextmanager
    def _enduring(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            talk_to_nobody()


class _Lines:
    """Tells each change once."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._alone = threading.Lock()
        self._told: dict[tuple[str, int], Phase] = {}

    def hear(self, event: Event) -> None:
        with self._alone:
            if isinstance(event, Message):
                say(event.text)
            elif self._board.hear(event) and isinstance(event, PhaseChanged):
                self._tell(event)

    def _tell(self, event: PhaseChanged) -> None:
        # how far a build or a pull has come is for the live board; here its begin is enough
        if self._told.get((event.component, event.replica)) != event.phase:
            say(line(event))
        self._told[event.component, event.replica] = event.phase


class _Drawing:
    """Keeps the board that is drawn true, and lets sentences scroll above it."""

    def __init__(self, board: Board, print_above: Callable[..., None]) -> None:
        self._board = board
        self._print_above = print_above
        self._alone = threading.Lock()

    def hear(self, event: Event) -> None:
        with self._alone:
            self._board.hear(event)
        if isinstance(event, Message):
            self._print_above(event.text, markup=False, highlight=False)


def _drawn(board: Board) -> "Table":
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    for name, phase, text in board.rows():
        grid.add_row(Text(name, style="bold"), Text(text, style=STYLES[phase]))
    return grid
