"""What must be true of an installation before it starts; `manage.py check` says what is not."""

from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Warning, register

from .environment import is_loopback

# Apps whose modules have to come from this folder.
OURS = ("circles", "requests", "supportnet", "supportnet.notices", "supportnet.panel")


@register
def our_apps_come_from_this_tree(app_configs, **kwargs):
    """An HTTP library is named like our app `requests`: whichever comes first on the path would win."""
    return [
        Error(
            f"The app {name} comes from {path}, not from this tree.",
            hint="Start from the root of the project, and keep the HTTP library named requests uninstalled.",
            id="supportnet.E001",
        )
        for name in OURS
        if not (path := Path(apps.get_app_config(_label(name)).path)).is_relative_to(settings.ROOT)
    ]


def _label(name):
    return next(config.label for config in apps.get_app_configs() if config.name == name)


@register
def psycopg2_is_the_only_driver(app_configs, **kwargs):
    """Where both are installed, Django silently takes psycopg 3, which we have never tried."""
    if find_spec("psycopg"):
        return [Error("psycopg 3 is installed.", hint="Uninstall psycopg.", id="supportnet.E002")]
    return []


@register
def mail_reaches_people(app_configs, **kwargs):
    """With a public address, sign-in codes must leave this machine."""
    if settings.HTTPS and settings.EMBEDDED_MAIL:
        return [
            Error(
                "SITE_URL is public, but mails stay on this machine: nobody could sign in.",
                hint="Set EMAIL_URL, for example smtp://user:password@host:587?tls=1.",
                id="supportnet.E003",
            )
        ]
    return []


@register
def one_process_is_not_enough(app_configs, **kwargs):
    """A broker in memory reaches no worker."""
    if settings.REDIS_URL.startswith("memory:") and settings.HTTPS:
        return [Error("REDIS_URL is memory://, which is for tests only.", id="supportnet.E004")]
    return []


@register
def a_public_address_has_tls(app_configs, **kwargs):
    """Over plain HTTP anybody on the way reads along."""
    if not settings.HTTPS and not is_loopback(settings.SITE_URL):
        return [
            Warning(
                "SITE_URL is plain http: sessions and what people write can be read on the way.",
                hint="Put a reverse proxy with TLS before SupportNet (deploy/) and set SITE_URL to https.",
                id="supportnet.W001",
            )
        ]
    return []


@register
def the_secret_is_long(app_configs, **kwargs):
    """Sessions, codes and links are only as safe as the key that signs them."""
    if len(settings.SECRET_KEY) < 32:
        return [Warning("SECRET_KEY is shorter than 32 characters.", id="supportnet.W002")]
    return []


@register
def nobody_else_reads_what_we_keep(app_configs, **kwargs):
    """We close `var` to other accounts at every start, unless it belongs to another one."""
    if settings.VAR.stat().st_mode & 0o077:
        return [
            Warning(
                f"Other accounts of this machine can look into {settings.VAR}.",
                hint="Let it belong to the account that SupportNet runs under, then: chmod 700",
                id="supportnet.W003",
            )
        ]
    return []
