"""All settings, from the environment. Names and defaults are listed in .env.example.

Without DATABASE_URL, REDIS_URL and CELERY_BROKER_URL the embedded PostgreSQL and Redis are used (config.embedded).
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("STUDYPATHS_DATA", default=str(BASE_DIR / ".data")))
EMBEDDED = not os.environ.get("DATABASE_URL")
_addresses = embedded.addresses(DATA_DIR)
_development_secrets = embedded.development_secrets(DATA_DIR) if EMBEDDED else {}


def secret(name: str) -> str:
    """A secret from the environment; made up and kept in the data directory only where the database is embedded."""
    value = env.str(name, default="") or _development_secrets.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in the environment when DATABASE_URL is set.")
    return str(value)


def judge0_languages(pairs: list[str]) -> dict[str, int]:
    """Language -> its number in the Judge0, from "python=71"."""
    found = [pair.partition("=") for pair in pairs]
    if not all(name in ("python", "javascript") and number.isdecimal() for name, _, number in found):
        raise ImproperlyConfigured("JUDGE0_LANGUAGES must be like python=71,javascript=63.")
    return {name: int(number) for name, _, number in found}


# Django

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_structlog",
    "config.apps.ConfigConfig",
    "accounts",
    "catalog",
    "studypaths",
    "reviews",
    "evaluations",
]

# The API needs no session, message or CSRF work: those run only below the paths of the pages (common.middleware).
MIDDLEWARE = [
    "common.middleware.DatabaseOutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "common.middleware.RequestLogMiddleware",
    "common.middleware.PageContentSecurityPolicyMiddleware",
    "common.middleware.PageSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "common.middleware.PageCsrfMiddleware",
    "common.middleware.PageAuthenticationMiddleware",
    "common.middleware.PageMessageMiddleware",
    "common.middleware.PageFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.system_messages.context",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Database: one persistent connection a thread. One that a server restart broke answers a 503 and is replaced.

DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **embedded.database_settings(_addresses["DATABASE_URL"]),
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=None),
        "CONN_HEALTH_CHECKS": env.bool("DATABASE_CONN_HEALTH_CHECKS", default=False),
        "OPTIONS": {
            "connect_timeout": env.int("DATABASE_CONNECT_TIMEOUT", default=5),
            "options": f"-c statement_timeout={env.int('DATABASE_STATEMENT_TIMEOUT_MS', default=30_000)}"
            f" -c lock_timeout={env.int('DATABASE_LOCK_TIMEOUT_MS', default=10_000)}"
            " -c idle_in_transaction_session_timeout=60000",
        },
    }
}

# Redis: cache and throttle counters. It holds nothing that cannot be lost.

REDIS_URL = _addresses["REDIS_URL"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="studypaths"),
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# Celery

CELERY_BROKER_URL = _addresses["CELERY_BROKER_URL"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "evaluations.tasks.evaluate_next": {"queue": "evaluations"},
    "evaluations.tasks.judge_items": {"queue": "evaluations"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message is a wake-up: what there is to do stands in the database, so publishing may give up early.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 900, "socket_timeout": 5, "socket_connect_timeout": 2}
    if CELERY_BROKER_URL.startswith(("redis", "rediss"))
    else {}
)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"


def _every(interval: timedelta, task: str) -> dict[str, Any]:
    """Work done each `interval`. A message that no worker took by the next one is dropped, so none pile up.

    `expire_seconds` is what the scheduler in the database calls `expires`, which it would ignore.
    """
    return {"task": task, "schedule": interval, "options": {"expire_seconds": int(interval.total_seconds())}}


CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "expire overdue tasks": _every(timedelta(minutes=5), "studypaths.tasks.expire_overdue_tasks"),
    "make due reviews": _every(timedelta(minutes=5), "reviews.tasks.make_due_reviews"),
    "make event partitions ahead": _every(timedelta(hours=6), "studypaths.tasks.make_event_partitions"),
    "requeue abandoned evaluations": _every(
        timedelta(seconds=15), "evaluations.tasks.requeue_abandoned_evaluations"
    ),
    "forget old idempotency keys": _every(timedelta(hours=1), "accounts.tasks.forget_idempotency_keys"),
}

# REST framework and OpenAPI

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.IsSignedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["common.throttling.RequestThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.ORJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.ORJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.api.PlainNegotiation",
    "DEFAULT_METADATA_CLASS": "common.api.AllowedMethods",
    "DEFAULT_SCHEMA_CLASS": "common.openapi.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "common.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "URL_FORMAT_OVERRIDE": None,
    "DATETIME_FORMAT": "iso-8601",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Study Paths API",
    "DESCRIPTION": "The record of a learner's journey, and what comes next.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SERVE_PUBLIC": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/v1/",
    "SORT_OPERATIONS": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PathStatusEnum": "studypaths.api.schemas.PATH_STATUSES",
        "TaskStatusEnum": "studypaths.api.schemas.TASK_STATUSES",
        "TaskKindEnum": "studypaths.api.schemas.TASK_KINDS",
        "EventTypeEnum": "studypaths.api.schemas.EVENT_TYPES",
        "EvaluationStatusEnum": "evaluations.schemas.STATUSES",
        "EvaluationCauseEnum": "evaluations.schemas.CAUSES",
        "CaseVerdictEnum": "evaluations.schemas.CASE_VERDICTS",
        "VerdictEnum": "evaluations.schemas.VERDICTS",
        "ReviewReasonEnum": "reviews.schemas.REASONS",
        "ReviewStateEnum": "reviews.schemas.STATES",
        "ProblemKindEnum": "catalog.schemas.PROBLEM_KINDS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.openapi.finish_document",
    ],
}

# Who may call: bearer tokens of the identity service (accounts/authentication.py)

JWT_ISSUER = env.str("JWT_ISSUER", default="api.scimigo.com")
JWT_AUDIENCE = env.str("JWT_AUDIENCE", default="scimigo")
JWT_ALGORITHMS = ("RS256", "ES256")
JWT_LEEWAY_SECONDS = env.int("JWT_LEEWAY_SECONDS", default=10)
JWT_JWKS_URL = env.str("JWT_JWKS_URL", default="")
JWT_JWKS_CACHE_SECONDS = env.int("JWT_JWKS_CACHE_SECONDS", default=300)
JWT_PUBLIC_KEY = env.str("JWT_PUBLIC_KEY", default="", multiline=True)

# Sealed bodies and the seal of chain heads: "id:base64,id:base64"; the first makes new ones, all are accepted.

FIELD_ENCRYPTION_KEYS = secret("FIELD_ENCRYPTION_KEYS")
HISTORY_SEAL_KEYS = secret("HISTORY_SEAL_KEYS")

# Outside services; empty means the embedded stand-in

PROBLEM_BANK_URL = env.str("PROBLEM_BANK_URL", default="")
PROBLEM_BANK_API_KEY = env.str("PROBLEM_BANK_API_KEY", default="")
PROBLEM_BANK_TIMEOUT_SECONDS = env.float("PROBLEM_BANK_TIMEOUT", default=5)
PROBLEM_BANK_CACHE_SECONDS = env.int("PROBLEM_BANK_CACHE_SECONDS", default=300)
EVAL_SERVICE_URL = env.str("EVAL_SERVICE_URL", default="")
EVAL_SERVICE_TIMEOUT_SECONDS = env.float("EVAL_SERVICE_TIMEOUT", default=30)
JUDGE0_URL = env.str("JUDGE0_URL", default="")
JUDGE0_AUTH_TOKEN = env.str("JUDGE0_AUTH_TOKEN", default="")
JUDGE0_AUTH_USER = env.str("JUDGE0_AUTH_USER", default="")
JUDGE0_RAPIDAPI_KEY = env.str("JUDGE0_RAPIDAPI_KEY", default="")
JUDGE0_BATCH_SIZE = env.int("JUDGE0_BATCH_SIZE", default=20)
JUDGE0_LANGUAGES = judge0_languages(env.list("JUDGE0_LANGUAGES", default=["python=71", "javascript=63"]))
if EVAL_SERVICE_URL and JUDGE0_URL:
    raise ImproperlyConfigured("EVAL_SERVICE_URL and JUDGE0_URL are both set: one engine can judge, not two.")

# Rules (design values; per path in study_paths.config where it makes sense)

REQUESTS_PER_MINUTE = env.int("REQUESTS_PER_MINUTE", default=60)
SUBMITS_PER_MINUTE = env.int("SUBMITS_PER_MINUTE", default=30)
PATHS_PER_MINUTE = env.int("PATHS_PER_MINUTE", default=5)
EXPORTS_PER_HOUR = env.int("EXPORTS_PER_HOUR", default=5)
MAX_CONCURRENT_EVALUATIONS = env.int("MAX_CONCURRENT_EVALUATIONS", default=2)
MAX_WAITING_EVALUATIONS = env.int("MAX_WAITING_EVALUATIONS", default=10)
EVALUATION_LANGUAGES = env.list("EVALUATION_LANGUAGES", default=[])
EVALUATION_LEASE_SECONDS = env.int("EVALUATION_LEASE_SECONDS", default=30)
EVALUATION_MAX_DELIVERIES = env.int("EVALUATION_MAX_DELIVERIES", default=3)
IDEMPOTENCY_KEY_HOURS = env.int("IDEMPOTENCY_KEY_HOURS", default=24)

# Browsers

CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=["http://localhost:3000"])
CORS_URLS_REGEX = r"^/v1/"
CORS_ALLOW_HEADERS = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
]
CORS_EXPOSE_HEADERS = [
    "ETag", "Location", "Retry-After", "Idempotency-Replayed",
    "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID",
]  # fmt: skip
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=not EMBEDDED)
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# Logs: JSON lines, never a request body, a token or submitted code.

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
DJANGO_STRUCTLOG_CELERY_ENABLED = True
_pre_chain: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        *_pre_chain,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _pre_chain,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Its debug lines name whole addresses, in which a Judge0 is asked by tokens.
    "loggers": {"urllib3": {"level": "INFO"}},
}
