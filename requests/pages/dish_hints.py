"""Sense about what is brought: neighbouring dishes, a gentle word about the third pasta, words that name an allergy.

Words are flagged and never approved: only whoever cooks knows what is in it.
"""

import datetime as dt
import re

from django.utils.translation import gettext

from supportnet.notices.text_direction import joined

from ..catalogue import Category
from ..models import Claim, Dish, HelpRequest

# Dishes so near to one another are neighbours: what is cooked today is eaten tomorrow.
AROUND = dt.timedelta(days=3)
# From the third time on somebody is told gently that there is pasta already.
TOO_OFTEN = 3
# What stands around the words that matter in "no nuts, gluten-free, allergic to shellfish".
FILLERS = {
    *("no", "not", "and", "any", "free", "without", "allergic", "allergy", "allergies", "intolerant", "for"),
    *(
        "the",
        "please",
        "avoid",
        "diet",
        "with",
        "only",
        "are",
        "his",
        "her",
        "our",
        "but",
        "can",
        "eat",
        "food",
    ),
    *(
        "vegetarian",
        "vegan",
        "halal",
        "kosher",
        "children",
        "child",
        "kids",
        "everything",
        "nothing",
        "traces",
    ),
}


def neighbours(slot, person, *, at):
    """Live meal promises for the same family in the days around `slot`, of requests that `person` sees. One query.

    Meant for what they bring and when: who cooks is none of the next cook's business.
    """
    if slot.starts_at is None or slot.help_request.category != Category.MEAL:
        return []
    window = (slot.starts_at - AROUND, slot.starts_at + AROUND)
    near = Claim.objects.accepted().filter(
        slot__help_request__in=HelpRequest.objects.visible_to(person, at=at).values("pk"),
        slot__help_request__asker=slot.help_request.asker_id,
        slot__help_request__category=Category.MEAL,
        slot__cancelled_at__isnull=True,
        slot__starts_at__range=window,
    )
    near = near.with_unseen(person).filter(is_unseen=False)
    return list(near.select_related("slot").order_by("slot__starts_at", "pk"))


def gentle_words(slot, near, *, dish="", bringing="", person=None):
    """What somebody may like to know before they bring `dish` on `slot`'s day: sentences, possibly none.

    `near` is what `neighbours` found; one's own promise for this very slot does not count.
    """
    wishes = slot.help_request.wishes
    others = [claim for claim in near if claim.slot_id != slot.pk or claim.person != person]
    said = []
    if dish and dish in wishes.get("no_more", ()):
        said.append(gettext("They have had enough of this for now: %(dish)s.") % {"dish": Dish(dish).label})
    elif dish and sum(claim.dish == dish for claim in others) + 1 >= TOO_OFTEN:
        said.append(
            gettext("It would be the third of its kind this week: %(dish)s.") % {"dish": Dish(dish).label}
        )
    found = flagged(slot.help_request.details.get("diet", ""), bringing)
    if found:
        words = {"words": joined(found)}
        said.append(
            gettext("They wrote about %(words)s. Please look once more at what must not be in it.") % words
        )
    return said


def wishes_in_words(help_request):
    """What the family wishes about what is brought, a short sentence each."""
    wishes, said = help_request.wishes, []
    if wishes.get("freezer_full"):
        said.append(gettext("The freezer is full: something for the day itself, please."))
    if wishes.get("no_more"):
        dishes = ", ".join(str(Dish(dish).label) for dish in wishes["no_more"] if dish in Dish.values)
        said.append(gettext("Enough for now: %(dishes)s.") % {"dishes": dishes})
    if wishes.get("smaller"):
        said.append(gettext("Smaller portions, please."))
    return said


def flagged(diet, bringing):
    """The words of `diet` that also stand in `bringing`, in the order of `diet`: "nuts" in "Nut roast"."""
    brought = [_stem(word) for word in _words(bringing)]
    return [
        word
        for word in dict.fromkeys(_words(diet))
        if word not in FILLERS and any(_alike(_stem(word), other) for other in brought)
    ]


def _words(text):
    return re.findall(r"[^\W\d_]{3,}", text.lower())


def _stem(word):
    """A plural's end is no difference: "nuts" and "nut"."""
    return re.sub(r"(es|s)$", "", word) if len(word) > 3 else word


def _alike(one, other):
    """The same, or one is the beginning or end of the other: "nut" in "peanut" and "nutmeg"."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and (long.startswith(short) or long.endswith(short))


def gentle_words_of_several(brings, *, person, at):
    """As `gentle_words`, of several promises at once; each sentence once. `brings` is {slot: {dish, bringing}}.

    One query for each slot for which something is said.
    """
    said = {}
    for slot, words in brings.items():
        if any(words.values()):
            near = neighbours(slot, person, at=at) + [
                Claim(slot=other, dish=theirs["dish"])
                for other, theirs in brings.items()
                if other != slot and _is_near(slot, other)
            ]
            said |= dict.fromkeys(gentle_words(slot, near, **words, person=person))
    return list(said)


def _is_near(slot, other):
    return slot.starts_at and other.starts_at and abs(other.starts_at - slot.starts_at) <= AROUND
