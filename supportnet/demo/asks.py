"""All asks of the demo."""

from . import advice, emotional, meals, practical

ASKS = (*meals.ASKS, *practical.ASKS, *emotional.ASKS, *advice.ASKS)
BY_TITLE = {ask.title: ask for ask in ASKS}
