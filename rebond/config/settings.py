"""Settings: start with no environment at all; every variable is told in `.env.example`."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from rebond.config.database import parse_database_url, sqlite
from rebond.config.env import (
    env_bool,
    env_choice,
    env_int,
    env_key,
    env_keys,
    env_list,
    env_path,
    env_secret,
    env_services,
    env_str,
    env_url,
    load_env_file,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
if _env := os.environ.get("REBOND_ENV", str(BASE_DIR / ".env")):  # empty: no file, as the tests want
    load_env_file(Path(_env))
VAR_DIR = env_path("REBOND_VAR", default=BASE_DIR / "var")
DEBUG = env_bool("DEBUG", default=False)
DEMO = env_bool("REBOND_DEMO", default=False)


with suppress(OSError):  # `rebond check` says so
    VAR_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key of the environment, else one made at the first start and kept beside the data."""
    kept = VAR_DIR / "secret_key"
    found = env_secret("SECRET_KEY", file=kept)
    if found:
        return found
    made = secrets.token_urlsafe(50)
    try:
        with kept.open("x", encoding="utf-8") as file:
            kept.chmod(0o600)
            file.write(made)
    except FileExistsError:
        return kept.read_text(encoding="utf-8").strip()
    except OSError:
        return made  # a read-only folder: sessions end with the process; `rebond check` says so
    return made


SECRET_KEY = _secret_key()
_fallbacks = env_secret("SECRET_KEY_FALLBACKS", file=VAR_DIR / "secret_key_fallbacks") or ""
SECRET_KEY_FALLBACKS = [key.strip() for key in _fallbacks.split(",") if key.strip()]
# Identity papers and account numbers at rest; the file is put there by `rebond restore`.
SEALED_KEY = env_secret("SEALED_KEY", file=VAR_DIR / "sealed_key") or SECRET_KEY
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost"])
SITE_URL = env_url("SITE_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "rebond.front",
    "rebond.connect",
    "rebond.shop",
    "rebond.ledger",
    "rebond.skills",
    "rebond.insertion",
    "rebond.intake",
    "rebond.workshop",
    "rebond.warehouse",
    "rebond.catalogue",
    "rebond.people",
    "rebond.network",
    "rebond.accounts",
    "rebond.journal",
    "rebond.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "rebond.core.middleware.NulMiddleware",
    "rebond.core.pagecache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rebond.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "rebond.core.middleware.MethodPageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "rebond.network.middleware.OrganisationMiddleware",
    "rebond.workshop.middleware.FloorMiddleware",
    "rebond.core.access.AccessMiddleware",
]

FORM_RENDERER = "rebond.core.forms.Renderer"
ROOT_URLCONF = "rebond.config.urls"
WSGI_APPLICATION = "rebond.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [("rebond.core.flatten.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rebond.core.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "rebond.core.templatetags.rebond",
                "rebond.core.templatetags.rebond_charts",
                "rebond.core.templatetags.rebond_parts",
                "rebond.catalogue.templatetags.catalogue_photos",
                "rebond.network.templatetags.network_map",
            ],
        },
    }
]

_database_url = env_secret("DATABASE_URL")
DATABASES = {"default": parse_database_url(_database_url) if _database_url else sqlite(VAR_DIR / "rebond.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who signs in, and how
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front:after-login"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rebond.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "rebond.accounts.web.forms.LoginForm",
    "signup": "rebond.accounts.web.forms.SignupForm",
    "add_email": "rebond.accounts.web.forms.ChangeEmailForm",
    "change_password": "rebond.accounts.web.forms.ChangePasswordForm",
    "set_password": "rebond.accounts.web.forms.SetPasswordForm",
    "reset_password": "rebond.accounts.web.forms.ResetPasswordForm",
    "reset_password_from_key": "rebond.accounts.web.forms.ResetPasswordKeyForm",
    "reauthenticate": "rebond.accounts.web.forms.ReauthenticateForm",
    "request_login_code": "rebond.accounts.web.forms.RequestLoginCodeForm",
    "confirm_login_code": "rebond.accounts.web.forms.ConfirmLoginCodeForm",
    "confirm_reauthentication_code": "rebond.accounts.web.forms.ConfirmReauthenticationCodeForm",
}
MFA_ADAPTER = "rebond.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "rebond.accounts.web.forms.AuthenticateForm",
    "reauthenticate": "rebond.accounts.web.forms.MFAReauthenticateForm",
    "activate_totp": "rebond.accounts.web.forms.ActivateTOTPForm",
    "add_webauthn": "rebond.accounts.web.forms.AddWebAuthnForm",
    "edit_webauthn": "rebond.accounts.web.forms.EditWebAuthnForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # a way in that asks nothing of the memory (WCAG 2.2, 3.3.8)
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/compte/"
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("PROXY_COUNT", default=1 if env_bool("BEHIND_PROXY", default=False) else 0)
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "badge": "10/5m/key",  # workshop/web/views/kiosk.py, by device: wrong ones only
    "pin": "10/5m/key",  # the same, by person
    "frame": "120/m/key",  # workshop/web/views/read.py, by device
    "enrol": "20/h/ip",
    "alert": "30/h/ip",  # this one and those below: core/throttle.py
    "apply": "20/h/ip",
    "notice": "30/h/ip",
    "withdraw": "60/h/ip",
    "message": "40/h/ip",
    "rating": "60/h/ip",
    "order-link": "10/h/ip",
    "wrong-link": "60/h/ip",  # signed links that are not ours: shop/web/urls.py
    "personal": "10/h/user",
    "guest-data": "10/h/ip",
    "basket": "400/h/ip",
    "gift-card": "30/h/ip",
    "gift-code": "20/h/ip",  # codes of gift cards, right or wrong
    "verify-badge": "120/h/ip",  # skills/web/views/verify.py
    "voucher": "30/h/ip,10/h/key",  # shop/web/voucher_forms.py: codes that this basket has not been given yet
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_ALLOW_UNVERIFIED_EMAIL = True  # else whoever has a passkey could never change their address
MFA_TOTP_ISSUER = "Rebond"
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_ENGINE = "rebond.core.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "rebond.core.failures.csrf_failure"

# --- languages
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"  # public renditions, named by content
PRIVATE_ROOT = VAR_DIR / "private"  # originals, proofs, imports: never served but by a view with rights
STORAGES = {
    "default": {"BACKEND": "rebond.core.storage.WholeFileStorage", "OPTIONS": {"allow_overwrite": True}},
    "private": {
        "BACKEND": "rebond.core.storage.WholeFileStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None, "durable": True},
    },
    "staticfiles": {"BACKEND": "rebond.core.storage.StaticStorage"},
}
INDEX_DIR = env_path("INDEX_DIR", default=VAR_DIR / "index")
INDEX_THREADS = env_int("INDEX_THREADS", default=2, minimum=1)  # of a rebuild; changes are written by one
INDEX_HEAP_MB = env_int("INDEX_HEAP_MB", default=200, minimum=30)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_242_880
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
HOLD_SECONDS = env_int("HOLD_SECONDS", default=1_200, minimum=1)  # how long a basket keeps an object
HOLD_EXTRA_SECONDS = env_int("HOLD_EXTRA_SECONDS", default=600)  # more, once, when asked: never above
HOLD_REST_SECONDS = env_int("HOLD_REST_SECONDS", default=600)  # then for others, before the same basket keeps it again
_taker = env_choice("PAYMENT_PROVIDER", choices=("none", "test", "stripe"), default="test" if DEMO else "none")
PAYMENT_PROVIDER = "" if _taker == "none" else _taker  # "test": invented money; empty: no ordering
UPLOAD_MAX_MB = env_int("UPLOAD_MAX_MB", default=200, minimum=1)

# --- cache: shared by the processes of one machine with no service; REDIS_URL where there are several
_redis = env_services("REDIS_URL", begins=("redis://", "rediss://", "unix://"))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
    if _redis
    else {
        "BACKEND": "rebond.core.table_cache.TableCache",
        "LOCATION": "django_cache",
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
}

# --- tasks: saved in the same transaction as the change that asks for them
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "index", "images", "mail"],
    }
}

# --- mail
DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", "Rebond <bonjour@rebond.localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_TRANSPORT = env_choice("MAIL", choices=("file", "smtp"), default="file")
_smtp = {
    "host": env_str("SMTP_HOST", "localhost"),
    "port": env_int("SMTP_PORT", default=25, minimum=1),
    "username": env_str("SMTP_USER"),
    "password": env_secret("SMTP_PASSWORD") or "",
    "use_tls": env_bool("SMTP_TLS", default=False),
    "timeout": 10,
}
BOUNCES_DIR = env_path("BOUNCES_DIR", default=VAR_DIR / "bounces")  # the mail that came back, read by a periodic job
MAILERS = {
    "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _smtp}
    if MAIL_TRANSPORT == "smtp"
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
    }
}

# --- safety
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "style-src": [CSP.SELF],
    "style-src-attr": [CSP.UNSAFE_INLINE],  # custom properties only: architecture.md, settled points
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
BEHIND_PROXY = env_bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Without the proxy's header every request looks like http, and a redirect would turn in circles.
SECURE_SSL_REDIRECT = env_bool("SSL_REDIRECT", default=HTTPS and BEHIND_PROXY)
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # monitors inside ask over http
SECURITY_CONTACT = env_str("SECURITY_CONTACT")
X_FRAME_OPTIONS = "DENY"

# --- payouts to sellers: by whom, from what amount two people, up to what amount a treasurer grants alone (cents)
PAYOUT_PROVIDER = env_choice("PAYOUT_PROVIDER", choices=("none", "test", "stripe"), default="test" if DEMO else "none")
PAYOUT_FOUR_EYES_CENTS = env_int("PAYOUT_FOUR_EYES_CENTS", default=0)
PAYOUT_GRANT_LIMIT_CENTS = env_int("PAYOUT_GRANT_LIMIT_CENTS", default=1_000_000)

# --- Stripe, where it takes payments or pays out: what it needs is asked at the start
_has_stripe = "stripe" in {PAYMENT_PROVIDER, PAYOUT_PROVIDER}
STRIPE_SECRET_KEY = env_key("STRIPE_SECRET_KEY", begins=("sk_", "rk_"), is_needed=_has_stripe)
STRIPE_WEBHOOK_SECRETS = env_keys("STRIPE_WEBHOOK_SECRET", begins=("whsec_",), is_needed=_has_stripe)
STRIPE_ACCOUNT = env_key("STRIPE_ACCOUNT", begins=("acct_",), is_needed=False)  # `rebond check` compares
STRIPE_API_URL = env_url("STRIPE_API_URL", "https://api.stripe.com")  # another address is for tests

# --- Mondial Relay, for organisations that have an account there: another address is for tests
MONDIAL_RELAY_API_URL = env_url("MONDIAL_RELAY_API_URL", "https://api.mondialrelay.com")
MONDIAL_RELAY_LABELS_URL = env_url("MONDIAL_RELAY_LABELS_URL", "https://www.mondialrelay.com")

# --- Colissimo, La Poste's tracking and Chronopost, the same
COLISSIMO_API_URL = env_url("COLISSIMO_API_URL", "https://ws.colissimo.fr")
LA_POSTE_API_URL = env_url("LA_POSTE_API_URL", "https://api.laposte.fr")
CHRONOPOST_API_URL = env_url("CHRONOPOST_API_URL", "https://ws.chronopost.fr")

TRANSFER_IBAN = env_str("TRANSFER_IBAN", "FR7630006000011234567890189" if DEMO else "")  # empty: no transfers
TRANSFER_BIC = env_str("TRANSFER_BIC")
TRANSFER_HOLDER = env_str("TRANSFER_HOLDER", "Rebond (compte d’essai)" if DEMO else "")
PAYER_IBAN = env_str(
    "PAYER_IBAN", "FR1420041010050500013M02606" if DEMO else ""
)  # the operator's own: pays its suppliers
PAYER_BIC = env_str("PAYER_BIC")
PAYER_NAME = env_str("PAYER_NAME", "Rebond (compte d’essai)" if DEMO else "")
TRANSFER_DAYS = env_int("TRANSFER_DAYS", default=10, minimum=1)  # an order waits for its transfer
COLLECTION_DAYS = env_int("COLLECTION_DAYS", default=7, minimum=1)  # an order waits for who pays at the counter
DISPUTE_FOUR_EYES = env_bool("DISPUTE_FOUR_EYES", default=True)  # what is sent to a bank: one prepares, another sends

# --- refunds by sellers (cents; 0: never): above the first a manager grants, above the second another manager
REFUND_LIMIT_CENTS = env_int("REFUND_LIMIT_CENTS", default=5_000)
REFUND_FOUR_EYES_CENTS = env_int("REFUND_FOUR_EYES_CENTS", default=50_000)
REFUND_DAY_TIMES = env_int("REFUND_DAY_TIMES", default=5)  # each limit is of one order; so many times it, of a day

# --- the shop
PUBLIC_CACHE_SECONDS = env_int("PUBLIC_CACHE_SECONDS", default=5)
PAGE_SIZE = 24
ART_DIR = BASE_DIR / "rebond" / "front" / "art"  # the drawings of the kit, inlined where a page shows one

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"tokens": {"()": "rebond.core.logs.MaskTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {
        "handlers": ["console"],
        "level": env_choice("LOG_LEVEL", choices=("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING"),
    },
}
