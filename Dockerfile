# docker build -t fromnoise .                            for a CPU
# docker build -t fromnoise --build-arg DEVICE=cuda .    for an NVIDIA GPU
# docker run -p 127.0.0.1:8000:8000 -v fromnoise:/data fromnoise    (with a GPU: --gpus all)
#
# Installs and starts as `make run` does. Pages are served under the names localhost and 127.0.0.1; for others
# add -e ALLOWED_HOSTS=learn.example.org, as many as you like with commas between them.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ARG DEVICE=cpu
RUN case "$DEVICE" in cpu|cuda) ;; *) echo "DEVICE must be cpu or cuda, not '$DEVICE'" >&2; exit 1;; esac \
    && apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
# Another package index than PyPI's: --build-arg PIP_INDEX_URL=… ; this stage is not shipped.
ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_TRUSTED_HOST TORCH_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore UV_NO_CACHE=1
WORKDIR /fromnoise
# What is installed changes seldom, the code often: the large layer is made from the first alone.
COPY Makefile pyproject.toml README.md LICENSE ./
COPY requirements requirements
COPY models/README.md models/README.md
RUN mkdir app templates static lessons && touch app/__init__.py && make install DEVICE="$DEVICE"
COPY app app
COPY templates templates
COPY static static
COPY lessons lessons
COPY models models
RUN .venv/bin/python -m compileall -q app

FROM python:${PYTHON}-slim AS serve
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin fromnoise \
    && install -d -o fromnoise -g fromnoise /data
COPY --from=build /fromnoise /fromnoise
WORKDIR /fromnoise
ENV FROMNOISE_HOST=0.0.0.0 PORT=8000 XDG_DATA_HOME=/data PYTHONUNBUFFERED=1
# Learners' records, and the networks that the engine exports for speed.
VOLUME /data
EXPOSE 8000
USER fromnoise
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD [".venv/bin/python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD [".venv/bin/fromnoise", "serve"]
