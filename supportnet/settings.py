"""Settings come from the environment; without any, everything runs embedded in `var/`."""

import os
from datetime import timedelta
from pathlib import Path

from redis.backoff import NoBackoff
from redis.retry import Retry

from supportnet import environment

ROOT = Path(__file__).resolve().parent.parent
# Whatever a process of ours writes from here on is for this account of the machine alone.
os.umask(0o077)
VAR = environment.folder("SUPPORTNET_VAR", ROOT / "var")
environment.close_to_others(VAR)

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret_key("SECRET_KEY", VAR / "secret_key")

# Where people find us -------------------------------------------------------------------------------------

PORT = environment.number("PORT", 8000, least=1, most=65535)
SITE_URL = environment.site_url("SITE_URL", f"http://localhost:{PORT}")
HTTPS = SITE_URL.startswith("https://")
# How many reverse proxies stand before us: that many entries of X-Forwarded-For are believed, and no more.
PROXIES = environment.number("PROXIES", 1 if HTTPS else 0, least=0, most=5)
ALLOWED_HOSTS = environment.hosts(
    "ALLOWED_HOSTS", [environment.host_of(SITE_URL), "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# The parts ------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "supportnet.staff.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "supportnet.notices",
    "supportnet.panel",
    "circles",
    "requests",
    "supportnet",
]

MIDDLEWARE = [
    # First what every answer carries, also one that a part further in gives instead of a page.
    "supportnet.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "supportnet.middleware.Methods",
    "supportnet.middleware.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # It adds random bytes to each answer, which a proxy that compresses would not (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "supportnet.patience.Patience",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "supportnet.middleware.Size",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "supportnet.middleware.Reader",
    "supportnet.middleware.Browser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "supportnet.middleware.Door",
    "supportnet.middleware.Welcome",
    "supportnet.posting_limits.PostingLimits",
]

ROOT_URLCONF = "supportnet.urls"
WSGI_APPLICATION = "supportnet.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "supportnet.isolation.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["supportnet.templatetags.isolation"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

FORM_RENDERER = "supportnet.isolation.FormRenderer"

# Data -----------------------------------------------------------------------------------------------------

DATABASES = {"default": environment.database("DATABASE_URL", f"sqlite:///{VAR}/supportnet.sqlite3")}
_keep_connections = environment.number("CONN_MAX_AGE", 60, least=0, most=86400)
_no_cursors = environment.flag("DISABLE_SERVER_SIDE_CURSORS")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    environment.close_database_to_others(DATABASES["default"]["NAME"])
    # WAL alone still meets "database is locked" with several writers; the write lock at BEGIN does not.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].update(
        CONN_MAX_AGE=_keep_connections,
        CONN_HEALTH_CHECKS=True,
        # PgBouncer in transaction mode cannot keep a cursor between two statements.
        DISABLE_SERVER_SIDE_CURSORS=_no_cursors,
    )
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# After so long a page's statement is given up; 0 waits for ever. What runs behind the pages has no such end.
STATEMENT_SECONDS = environment.number("STATEMENT_SECONDS", 2, least=0, most=600)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "models.W040",  # the list's index carries columns along on PostgreSQL; SQLite does without them
    "security.W005",  # what holds for the sub-domains of a host, and whether browsers ship it as HTTPS-only,
    "security.W021",  # is for its owner to say, not for us
]

BROKER_SOCKET = environment.socket_path(VAR)
REDIS_URL = environment.broker("REDIS_URL", f"unix://{BROKER_SOCKET}")
EMBEDDED_BROKER = REDIS_URL == f"unix://{BROKER_SOCKET}"
# Two installations on one Redis must not eat each other's tasks.
PREFIX = f"supportnet-{environment.short_hash(SITE_URL)}:"

if REDIS_URL.startswith("memory:"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "supportnet.cache.SharedCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": PREFIX + "cache",
            "OPTIONS": {
                "socket_connect_timeout": 0.5,
                "socket_timeout": 1,
                "retry": Retry(NoBackoff(), 1),
            },
        }
    }

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=90).total_seconds())
# In a signed cookie, so that saying "Saved." writes nothing; what is too long for it goes into the session.
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# Mail -----------------------------------------------------------------------------------------------------

MAILBOX = VAR / "mailbox"
_smtp = environment.email("EMAIL_URL")
EMBEDDED_MAIL = _smtp is None
if EMBEDDED_MAIL:
    EMAIL_BACKEND = "supportnet.mailbox.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(_smtp)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.address(
    "DEFAULT_FROM_EMAIL", f"SupportNet <supportnet@{environment.host_of(SITE_URL)}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Work in the background -----------------------------------------------------------------------------------

CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if not REDIS_URL.startswith("memory:"):
    # A Redis that swallows packets must not hold a page: without these, one waits over 40 seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "global_keyprefix": PREFIX,
        "visibility_timeout": 3600,
    }
if REDIS_URL.startswith("rediss:"):
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": "required"}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_DEFAULT_QUEUE = "supportnet"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "supportnet.celery:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 15
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "supportnet.tasks.sweep",
        "schedule": timedelta(seconds=60),
        # A sweep that waited for a minute is of no use: the next one does its work too.
        "options": {"expires": 50},
    },
}

# People ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "circles.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# Besides allauth's own limits, what one network and one person may set going at the door.
ACCOUNT_RATE_LIMITS = {
    # From one network (IPv6: a /64), in browsers that nobody knows: how often one may press, and how many mails go out.
    # Generous, since a parish hall shares one address. What one mailbox gets is counted in the database
    # (`circles.models.sign_in_code`), so that whoever presses for one address uses up nobody's share.
    "door": "120/m/ip",
    "door_mail": "600/h/ip",
    # A signed-in person alone asks for these, for their own address.
    "request_login_code": "10/m/user",
}
# How much one person may set going within an hour or a day, and all in one circle together (`posting_limits.py`).
POSTING_LIMITS = {
    "ask": "20/h/person 60/d/person 100/h/circle 400/d/circle",
    "answer": "30/h/person 150/d/person 300/h/circle",
    "offer": "60/h/person 200/d/person",
    "promise": "60/h/person 200/d/person",
    "change": "60/h/person 200/d/person",
    "thank": "60/h/person 200/d/person",
    "invite": "60/h/person 200/d/person 150/h/circle 600/d/circle",
    "circle": "20/d/person",
    "join": "30/d/person 150/h/circle",
    "report": "20/d/person",
    "address": "10/h/person 20/d/person",
    "way_in": "20/h/person 60/d/person",
    "keep": "600/h/person 2000/d/person",
}
# The door treats all addresses alike, and mails nothing but its code.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "circles.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "circles.forms.NewAddressForm",
    "request_login_code": "circles.forms.SignInForm",
    "confirm_reauthentication_code": "circles.forms.ReauthenticationCodeForm",
    "confirm_email_verification_code": "circles.forms.NewAddressCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Who changes the address or a way in shows once more who they are: by a code to the present address, or a second lock.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["code", "mfa"]
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "login_webauthn": "circles.forms.passkeys.LoginPasskeyForm",
    "authenticate_webauthn": "circles.forms.passkeys.SecondPasskeyForm",
    "reauthenticate_webauthn": "circles.forms.passkeys.ReauthenticatePasskeyForm",
    "add_webauthn": "circles.forms.passkeys.AddPasskeyForm",
}
# A passkey can't be guessed; a parish hall shares one address.
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_TOTP_ISSUER = "SupportNet"
# Browsers offer passkeys without TLS on this very machine only, and so do we.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = environment.is_loopback(SITE_URL)

# Words and hours ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = environment.zone("TIME_ZONE", "UTC")
USE_TZ = True

# Static files ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# The web serves them itself, so nobody else needs to read them; without these two, Django opens them to all.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "supportnet.style_sheets.OneSheetStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# What a browser may do with our pages ---------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Every form is text, and no page needs more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# The prefix makes the browser refuse such a cookie from anybody but this host; it needs TLS.
_cookie = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie}session"
CSRF_COOKIE_NAME = f"{_cookie}csrf"
CSRF_FAILURE_VIEW = "supportnet.unsent.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_cookie}language"
# Says in which browsers somebody has signed in before (`circles.browsers`); it opens nothing.
KNOWN_COOKIE_NAME = f"{_cookie}known"
# A browser that was told cannot be untold: short until whoever runs it is sure (deploy/README.md).
_hsts = environment.number("HSTS_SECONDS", 3600, least=0, most=2 * 365 * 86400)
_hsts_for_subdomains = environment.flag("HSTS_SUBDOMAINS")
if HTTPS:
    SECURE_HSTS_SECONDS = _hsts
    SECURE_HSTS_INCLUDE_SUBDOMAINS = _hsts_for_subdomains
    SECURE_SSL_REDIRECT = True
    # Whoever watches over us asks from the same machine, without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Logs -----------------------------------------------------------------------------------------------------

LOG_LEVEL = environment.text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise environment.wrong("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "supportnet.logs.Discreet"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # It warns whenever a browser asks for two things at once.
        "waitress.queue": {"level": "ERROR"},
        # One line for every sweep of every minute would bury the rest.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.redirected": {"level": "WARNING"},
    },
}
