"""`python -m gateway api | check FILE | config`."""

import gc
import signal
import sys

if sys.argv[1:] == ["api"]:
    # To be asked for the table before it was ever read would end the process: importing takes most of its start.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from chassis.service import main
from gateway import app, table
from gateway.edge import EdgeProtocol
from gateway.settings import Settings

if __name__ == "__main__":
    # What is loaded by now stays: collections need not look at it again and again.
    gc.freeze()
    main("gateway", Settings, servers={"api": app.build}, tools={"check": table.check}, protocol=EdgeProtocol)
