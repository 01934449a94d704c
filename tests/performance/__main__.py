"""`python -m tests.performance`: one JSON line for each budget, on a PostgreSQL and a Valkey of our own."""

import argparse
import logging
import os

MATTERS = "lists pages calendar claims posting delivery sweeps weight starting load".split()


def main():
    """Build a world, measure, let it grow, measure again."""
    asked = arguments()
    start_house()
    from . import measuring, run

    if asked.quick:
        measuring.most_rounds = 5
    run.everything(asked)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000, help="how many the world grows to")
    parser.add_argument("--people", type=int, default=200_000, help="each is in ten circles")
    parser.add_argument("--races", type=int, default=1000, help="places that 50 to 200 race for")
    parser.add_argument("--only", nargs="+", choices=MATTERS, default=MATTERS, help="some matters only")
    parser.add_argument(
        "--quick", action="store_true", help="a small world, few rounds: does the bench work?"
    )
    asked = parser.parse_args()
    if asked.quick:
        asked.requests, asked.people, asked.races = 10_000, 6_000, 10
    return asked


def start_house():
    """Services, settings and tables, as tests have them."""
    os.environ["TEST_DATABASE"] = "postgres"
    os.environ["DJANGO_SETTINGS_MODULE"] = "supportnet.settings"
    import django

    import tests.services  # noqa: F401  (starts them)

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # Losing a race is no news here.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    settings.ROOT_URLCONF = "tests.performance.reference"
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
