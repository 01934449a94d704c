"""What was mailed to an address, and whose it is: it follows whoever proves the address, and goes where they go."""

from supportnet.notices.models import Notice

from .models import Consent, Invitation


def hand_over(person, *, at):
    """The address is shown to be theirs: so are the consents and invitations that were mailed to it.

    What waits in the outbox for the address goes to them by name.
    """
    for model in (Consent, Invitation):
        model.objects.hand_over_to(person)
    Notice.objects.waiting().filter(address=person.email).update(reader=person, address="")


def follow(person, *, was, at):
    """They have another address: what is theirs goes with them, and the links that were mailed to `was` are dead.

    Open invitations are mailed anew; consents stand on their page, and nobody is asked twice.
    """
    hand_over(person, at=at)
    Consent.objects.in_hands_of(person, person.email).renew_links()
    invitations = Invitation.objects.filter(owner=person)
    mailed = list(invitations.told().usable(at).values_list("pk", flat=True))
    invitations.renew_links()
    for invitation in Invitation.objects.filter(pk__in=mailed):
        invitation.send(at=at)
