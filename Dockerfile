# syntax=docker/dockerfile:1
# Otklik in one image; the command after its name says which part of it runs: run, front, worker, migrate ...

FROM python:3.11-slim AS packages
# The usual package index, unless the build is told another one: docker compose build --build-arg PIP_INDEX_URL=...
ARG PIP_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/otklik
# The lock of what runs, and of nothing that only tests need; every package is checked against its hash.
COPY deploy/requirements.lock /tmp/requirements.lock
RUN /opt/otklik/bin/pip install --no-deps --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home otklik \
    && install -d -o otklik -g otklik /var/lib/otklik
COPY --from=packages /opt/otklik /opt/otklik
WORKDIR /app
COPY core core
COPY dialogs dialogs
COPY bots bots
COPY locales locales
COPY migrations migrations
ENV PATH=/opt/otklik/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    VAR_DIR=/var/lib/otklik
USER otklik
VOLUME /var/lib/otklik
EXPOSE 8080
STOPSIGNAL SIGTERM
# Of whatever serves pages; for what serves none, docker-compose.yml says another check.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/ready', timeout=4)"]
ENTRYPOINT ["python", "-m", "bots"]
CMD ["run"]
