"""`python -m gateway api | config`."""

from chassis.service import main
from gateway import app
from gateway.edge import EdgeProtocol
from gateway.settings import Settings

if __name__ == "__main__":
    main("gateway", Settings, servers={"api": app.build}, protocol=EdgeProtocol)
