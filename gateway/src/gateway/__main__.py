"""`python -m gateway api | check FILE | config`."""

import gc

from chassis.service import main
from gateway import app, table
from gateway.edge import EdgeProtocol
from gateway.settings import Settings

if __name__ == "__main__":
    # What is loaded by now stays: collections need not look at it again and again.
    gc.freeze()
    main("gateway", Settings, servers={"api": app.build}, tools={"check": table.check}, protocol=EdgeProtocol)
