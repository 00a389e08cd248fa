# A Node.js application: its production dependencies and its source in /app.
# What the builder must trust reaches the first stage only; the image takes just its results.
ARG BASE
FROM ${BASE} AS build
ARG NPM_CONFIG_REGISTRY
# Alone first, so that a change in the source does not install everything again.
COPY .backdraft/ca.crt /build/
COPY .backdraft/ca.crt package*.json npm-shrinkwrap*.json .npmr[c] /app/
WORKDIR /app
RUN set -eu; \
    rm ca.crt; \
    if [ -s /build/ca.crt ]; then export NODE_EXTRA_CA_CERTS=/build/ca.crt NPM_CONFIG_CAFILE=/build/ca.crt; fi; \
    [ -n "${NPM_CONFIG_REGISTRY:-}" ] || unset NPM_CONFIG_REGISTRY; \
    export NPM_CONFIG_CACHE=/tmp/npm NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false; \
    if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then npm ci --omit=dev; \
    elif [ -f package.json ]; then npm install --omit=dev; \
    fi
COPY . /app/
RUN rm -rf .backdraft

FROM ${BASE}
RUN echo 'app:x:10001:' >>/etc/group && echo 'app:x:10001:10001::/app:/bin/false' >>/etc/passwd
ENV NODE_ENV=production
COPY --from=build /app /app
WORKDIR /app
USER app
