"""The one exception to "no signals": what `requests` does when something ends or changes in `circles`.

`requests` stands to the right of `circles` and may not be imported here, yet claims must be freed when
somebody leaves or blocks another, reminders follow when somebody's clock changes, and what is asked for
somebody appears and disappears with their consent. What was mailed to an address follows whoever proves it.
The functions are added at start-up; whoever reads the verbs sees the calls.
"""

membership_ended = []
memberships_changed = []
address_proven = []
clock_changed = []
two_parted = []
consent_changed = []
circle_zone_changed = []
email_changed = []
circle_zone_effects = []
circle_put_away = []
putting_away_effects = []
decisions_about = []


def tell_that_membership_ended(membership, *, by, at):
    """Call every registered function with the ended membership, inside the caller's transaction."""
    for function in membership_ended:
        function(membership, by=by, at=at)


def tell_that_memberships_changed(memberships, what, *, by, at):
    """Call every registered function with memberships that go on in another way, inside the caller's transaction.

    `what` is the journal's word: "placed", "excluded", "included", "checked", "check ended", "check ran out"
    or "made member".
    """
    for function in memberships_changed:
        function(memberships, what, by=by, at=at)


def to_decide_about(membership, *, to, at):
    """(words, address) of each thing that `to`, a keeper, has to decide about another member by now."""
    return [found for function in decisions_about for found in function(membership, to=to, at=at)]


def tell_that_address_was_proven(person, *, at):
    """Call every registered function with a person who has shown that the address is theirs."""
    for function in address_proven:
        function(person, at=at)


def tell_that_clock_changed(person, *, at):
    """Call every registered function with the person whose zone or reminder times changed."""
    for function in clock_changed:
        function(person, at=at)


def tell_that_email_changed(person, *, was, at):
    """Call every registered function with a person whose address was `was` until now, inside the transaction."""
    for function in email_changed:
        function(person, was=was, at=at)


def tell_that_two_were_parted(one, other, *, at):
    """Call every registered function with two people who do not see each other from now on."""
    for function in two_parted:
        function(one, other, at=at)


def tell_that_consent_changed(consent, *, by, at):
    """Call every registered function with a consent that was given or taken back."""
    for function in consent_changed:
        function(consent, by=by, at=at)


def tell_that_circle_zone_changed(circle, *, was, by, at):
    """Call every registered function with a circle whose clocks show another zone than the one named `was`."""
    for function in circle_zone_changed:
        function(circle, was=was, by=by, at=at)


def effect_of_circle_zone(circle, *, was, zone, at):
    """Sentences: what would follow if the circle's clocks showed the zone named `zone` instead of `was`."""
    return [
        words for function in circle_zone_effects for words in function(circle, was=was, zone=zone, at=at)
    ]


def tell_that_circle_was_put_away(circle, *, by, at):
    """Call every registered function with a circle in which nothing goes on any more, inside the transaction."""
    for function in circle_put_away:
        function(circle, by=by, at=at)


def effect_of_putting_away(circle, *, at):
    """Sentences: what would follow if the circle were put away."""
    return [words for function in putting_away_effects for words in function(circle, at=at)]
