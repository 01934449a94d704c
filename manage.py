#!/usr/bin/env python3
"""The way in: `python manage.py <command>`."""

import os
import sys


def main():
    """Run one management command; a wrong setting is one clear line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportnet.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"SupportNet cannot start: {error}")


if __name__ == "__main__":
    main()
