# One image for web, workers and beat; compose.yaml names the command of each.
FROM python:3.12-slim-bookworm AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt

FROM python:3.12-slim-bookworm

RUN useradd --system --uid 10001 --create-home --home-dir /home/app app \
    && install -d -o app -g app /data
COPY --from=packages /opt/venv /opt/venv
COPY . /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STUDYPATHS_DATA=/data
USER app
EXPOSE 8000
# Bring no database of its own: the addresses and secrets come from the environment (.env.example).
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--blocking-threads-idle-timeout", "600", "--respawn-failed-workers", \
     "config.wsgi:application"]
