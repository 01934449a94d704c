"""The one exception to "no signals": what `requests` does when something ends or changes in `circles`.

`requests` stands to the right of `circles` and may not be imported here, yet claims must be freed when
somebody leaves, and reminders follow when somebody's clock changes. It adds its functions at start-up;
whoever reads the verbs sees the calls.
"""

membership_ended = []
clock_changed = []


def tell_that_membership_ended(membership, *, by, at):
    """Call every registered function with the ended membership, inside the caller's transaction."""
    for function in membership_ended:
        function(membership, by=by, at=at)


def tell_that_clock_changed(person, *, at):
    """Call every registered function with the person whose zone or reminder times changed."""
    for function in clock_changed:
        function(person, at=at)
