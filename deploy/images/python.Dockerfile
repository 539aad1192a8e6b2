# One recipe for the Python services: what differs is which lock is installed and whose source is copied.
#   docker build -f deploy/images/python.Dockerfile --build-arg SERVICE=auth --build-arg SOURCE=services/auth .
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS packages
ARG SERVICE
WORKDIR /build
COPY deploy/images/requirements-${SERVICE}.txt requirements.txt
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: -r requirements.txt \
 && /opt/venv/bin/pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
ARG SOURCE
# A number, so that Kubernetes can tell that it is not root. A volume mounted at /var/lib/daybook (the erasure ledger,
# where there is one) belongs to this user as well.
RUN groupadd --gid 10001 daybook \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent daybook \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/daybook
COPY --from=packages /opt/venv /opt/venv
COPY libs/common/src/ ${SOURCE}/src/ /opt/daybook/
# The file system is read-only where this runs: what is not compiled now is compiled at every start.
RUN python3 -m compileall -q /opt/daybook
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/daybook \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/daybook
USER 10001:10001
STOPSIGNAL SIGTERM
# The role comes from whoever starts it: `python -m auth_service api`, `… worker`, `… migrate`.
ENTRYPOINT ["python", "-m"]
