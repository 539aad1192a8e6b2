"""Starts the command line, or says in one sentence that this Python is too old: this file must parse on any 3.x."""

import os
import shutil
import subprocess
import sys

_MINIMUM = (3, 11)


def _use_a_newer_python() -> None:
    for minor in range(20, _MINIMUM[1] - 1, -1):
        python = shutil.which(f"python3.{minor}")
        # A name in the PATH may be a version manager's, with nothing behind it.
        if python and subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # noqa: S603
            os.execv(python, [python, "-m", "daybook", *sys.argv[1:]])  # noqa: S606  (no shell is wanted)
    version = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"Daybook needs Python 3.11 or newer and this is {version}: `apt-get install python3.11` or newer.")


if sys.version_info < _MINIMUM:
    _use_a_newer_python()
else:
    from daybook.cli import main

    sys.exit(main())
