"""Waits for the launcher to die, and leaves nothing of it behind.

The kernel tells each child that its parent died (`PR_SET_PDEATHSIG`). This process sees to those that do not
listen, and to children of children. It holds the other end of the launcher's pipe, which closes by itself.
"""

import signal
import sys
from pathlib import Path

from daybook.supervision.identity import end
from daybook.supervision.leftovers import of_run
from daybook.supervision.state import State

_PATIENCE = 5.0


def main(directory: str, run: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    end(of_run(State(Path(directory)).read(), run), patience=_PATIENCE)


if __name__ == "__main__":
    main(*sys.argv[1:])
