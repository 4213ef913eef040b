# syntax=docker/dockerfile:1
# Storyfold in one image: docker build -t storyfold .

FROM python:3.13-slim AS build

# Machine code for processors of this kind and newer, so that the image is warm on all of them. Elsewhere the kernels
# are compiled at the first start. For ARM: --build-arg KERNEL_CPU=generic
ARG KERNEL_CPU=x86-64-v3
ENV NUMBA_CPU_NAME=$KERNEL_CPU NUMBA_CACHE_DIR=/opt/storyfold/kernels PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY dedupe dedupe
COPY api api
COPY data data
RUN python -m venv /opt/storyfold/venv \
    && /opt/storyfold/venv/bin/pip install . \
    && /opt/storyfold/venv/bin/python -c "from dedupe.warming import warm_up; warm_up()"

FROM python:3.13-slim

ARG KERNEL_CPU=x86-64-v3
ENV NUMBA_CPU_NAME=$KERNEL_CPU NUMBA_CACHE_DIR=/opt/storyfold/kernels PYTHONUNBUFFERED=1 \
    PATH=/opt/storyfold/venv/bin:$PATH

RUN useradd --system --uid 10001 --create-home storyfold && install -d -o storyfold -g storyfold /data
# The kernels belong to the user: where they do not fit the processor, they are compiled anew and kept.
COPY --from=build --chown=storyfold:storyfold /opt/storyfold/kernels /opt/storyfold/kernels
COPY --from=build /opt/storyfold/venv /opt/storyfold/venv

USER storyfold
WORKDIR /data
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=90s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]

# Needs a key (`storyfold keys create`), or --open: see docs/operations.md
CMD ["storyfold", "serve", "--host", "0.0.0.0", "--port", "8000", "--store", "sqlite:////data/storyfold.db"]
