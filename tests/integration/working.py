"""Workers in processes of their own, which can be killed: everything is loaded once, and each worker is a fork of that.

    python -m tests.integration.working HOME

Each line on stdin makes a new worker, whose process id is the answer; the end of stdin ends all of them.
"""

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

from ui.installation import open_installation
from ui.settings import load


def work(home: Path) -> None:
    """Be a worker until somebody kills this process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # else nobody learns how git ended
    open_installation(load(home, {"BACKDRAFT_DEPLOYS_AT_ONCE": "3"})).worker().run(threading.Event())


def main(home: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    made = []
    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            sys.stdin.close()
            work(Path(home))
        made.append(child)
        print(child, flush=True)
    for each in made:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
