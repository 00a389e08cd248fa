# Files that a web server hands out as they are.
ARG BASE
FROM ${BASE}
COPY . /usr/share/nginx/html/
