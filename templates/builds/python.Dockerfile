# A Python application: requirements.txt goes into a virtual environment, the source into /app.
# What the builder must trust reaches the first stage only; the image takes just its results.
ARG BASE
FROM ${BASE} AS build
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
RUN python3 -m venv /opt/venv
# Alone first, so that a change in the source does not install everything again.
COPY .backdraft/ca.crt requirements*.txt /build/
WORKDIR /build
RUN set -eu; \
    if [ ! -s ca.crt ]; then rm ca.crt; else export PIP_CERT=/build/ca.crt SSL_CERT_FILE=/build/ca.crt; fi; \
    if [ -f requirements.txt ] && ! grep -Eq '^[[:space:]]*(-[rce]|--requirement|--constraint|--editable|\.|/|file:)' requirements.txt; then \
        /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt; \
        touch installed; \
    fi
COPY . /app/
WORKDIR /app
# Requirements that point to other files of the source need all of it.
RUN set -eu; \
    rm -rf .backdraft; \
    if [ -f /build/ca.crt ]; then export PIP_CERT=/build/ca.crt SSL_CERT_FILE=/build/ca.crt; fi; \
    if [ -f requirements.txt ] && [ ! -e /build/installed ]; then \
        /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt; \
    fi

FROM ${BASE}
RUN echo 'app:x:10001:' >>/etc/group && echo 'app:x:10001:10001::/app:/bin/false' >>/etc/passwd
ENV PATH=/opt/venv/bin:${PATH} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER app
