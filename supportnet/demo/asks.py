"""All asks of the demo."""

from . import advice, at_home, emotional, meals, on_the_way

ASKS = (*meals.ASKS, *on_the_way.ASKS, *at_home.ASKS, *emotional.ASKS, *advice.ASKS)
BY_TITLE = {ask.title: ask for ask in ASKS}
