#!/usr/bin/env python3
"""The way in: `python manage.py <command>`."""

import os
import sys


def main():
    """Run one management command; a wrong setting, or a disk or database out of order, is one line, no traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportnet.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from supportnet.outages import reason

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"SupportNet cannot start: {error}")
    except Exception as error:
        why = reason(error)
        if not why:
            raise
        sys.exit(f"SupportNet cannot start: {why} ({' '.join(str(error).split())})")


if __name__ == "__main__":
    main()
