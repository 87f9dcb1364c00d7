# Builds the wheel, then installs it with the locked dependencies into an image without a build tool.
# A test runs these same lines in plain virtual environments: keep to COPY, RUN with relative paths, ENV.

FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements/build.txt requirements/build.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist .

FROM python:3.13-slim-bookworm AS runtime
LABEL org.opencontainers.image.title="cds-service" \
      org.opencontainers.image.description="CDS Hooks service for genomic guidelines. Not for clinical use." \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
# The only folder that is written to, for the store and its spool; mount a volume here. Whoever the
# container runs as may make files in it, which nobody else can read.
RUN install -d -m 1777 cds-data
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY --from=build /build/dist/ dist/
RUN python -m pip install --no-cache-dir --no-deps --no-index dist/*.whl
# By number, so that an orchestrator can prove that it is not root; it owns no file of the image.
USER 10001:10001
# The tables of a new release are made by 'cds-service store upgrade', run once from this image before
# it serves: see docs/operations.md.
# Production refuses to start without CDS_SECRET, CDS_NAMESPACE, CDS_NATION, CDS_CLIENTS and
# CDS_PUBLIC_URL: an image that is reachable from outside never runs on development's well-known
# values unless it is told to.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CDS_MODE=production \
    CDS_HOST=0.0.0.0 \
    CDS_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['CDS_PORT'] + '/health/ready', timeout=4)"]
CMD ["cds-service", "serve"]
