"""Every setting of the platform but Celery's. What differs between machines is in the environment.

``KINHOLD_ENV=production`` refuses to start while a secret is missing; ``development`` (the default)
has harmless stand-ins for them. There is no third mood.
"""

import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.csp import POLICY
from config.logs import configure_structlog, logging_settings
from config.schema import SCHEMA

BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION = env.choice("KINHOLD_ENV", ["development", "production"], "development") == "production"

if PRODUCTION:
    env.require(
        [
            "KINHOLD_SECRET_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "KINHOLD_ALLOWED_HOSTS",
            "KINHOLD_ORIGIN",
            "KINHOLD_CHECKPOINT_KEY_FILE",
            "KINHOLD_AGGREGATOR_TOKEN",
            "KINHOLD_SEALING_KEY",
        ]
    )
elif env_file := env.text("KINHOLD_ENV_FILE"):
    env.load_file(BASE_DIR / env_file)

# --- Kinhold's own: config/own.py ---------------------------------------------------------------

# Not at the top: a file that names the environment is read first.
from config.own import *  # noqa: E402, F403  every KINHOLD_ setting, by its own name
from config.own import KINHOLD_ORIGIN, KINHOLD_RP_ID, KINHOLD_TIME_ZONE  # noqa: E402  as above

# --- Django -------------------------------------------------------------------------------------

SECRET_KEY = env.secret("KINHOLD_SECRET_KEY")
if not SECRET_KEY:
    # Development only: production was refused above. Sessions end with the process.
    SECRET_KEY = secrets.token_urlsafe(50)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("KINHOLD_SECRET_KEY must have at least 50 characters.")

DEBUG = env.flag("KINHOLD_DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("KINHOLD_DEBUG must not be on in production.")
ALLOWED_HOSTS = env.words("KINHOLD_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "governance",
    "consent",
    "federation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: a page for strangers says so with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "governance.middleware.SecondFactorRequired",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context.frame",
            ],
        },
    }
]

# Without DATABASE_URL: libpq's own default socket. Nothing connects until something asks.
DATABASES = {
    "default": {
        **env.database(env.secret("DATABASE_URL", "postgresql:///kinhold")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}

REDIS_URL = env.secret("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kinhold",
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = KINHOLD_TIME_ZONE

# --- Static files -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("KINHOLD_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
# What people upload. It has no address of its own: each file is sent by a view that asks who may.
MEDIA_ROOT = Path(env.text("KINHOLD_MEDIA_ROOT", str(BASE_DIR / "var" / "media")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# A form never gets more of a file than it may keep, and no request has many files.
FILE_UPLOAD_HANDLERS = ["governance.uploads.Bounded"]
DATA_UPLOAD_MAX_NUMBER_FILES = 4
# A dataset of 500 variables is one form, of seven fields for each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# In development files are served straight from static/, so there is no collectstatic step.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# --- Transport and browser safety ---------------------------------------------------------------

# How many reverse proxies stand in front. With one or more, theirs is the word on HTTPS.
PROXIES = env.number("KINHOLD_PROXIES", 0)
# Limits by address count the visitor behind the proxies, not the proxy; see REST_FRAMEWORK too.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
AXES_CLIENT_IP_CALLABLE = "governance.addresses.client_address"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_SSL_REDIRECT = PRODUCTION
# The health check comes from inside the machine, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [KINHOLD_ORIGIN]

CONTENT_SECURITY_POLICY = POLICY

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "governance.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# There is no public sign-up: an address is known because an admin entered it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is told by mail that there is no account
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Kinhold: "

MFA_ADAPTER = "governance.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Kinhold"
MFA_RECOVERY_CODES_SHOW_ONCE = True

# Axes looks for the login name under this key; allauth passes the address as "email".
AXES_USERNAME_FORM_FIELD = "email"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is not kept

# --- Mail, log ----------------------------------------------------------------------------------

vars().update(env.mail(env.secret("KINHOLD_EMAIL_URL")))
DEFAULT_FROM_EMAIL = env.text("KINHOLD_EMAIL_FROM", f"kinhold@{KINHOLD_RP_ID}")

configure_structlog()
LOGGING = logging_settings(
    level=env.choice("KINHOLD_LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO"),
    as_json=PRODUCTION,
)

# --- API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.api_tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "governance.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    # "node" is for the views that nodes and the aggregator ask, which have no user.
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "1200/min", "node": "6000/min"},
    "EXCEPTION_HANDLER": "governance.problems.problem_handler",
    "NUM_PROXIES": PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = SCHEMA
