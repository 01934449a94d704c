"""Which tests stand nearest to a module: those that ought to notice a fault in it by themselves."""

NEAREST = {
    "requests/policies.py": [
        "requests/test_who_may.py",
        "requests/test_policies.py",
        "requests/test_ladder.py",
    ],
    "requests/listing.py": [
        "requests/test_listing.py",
        "requests/test_visibility.py",
        "requests/test_blocks.py",
    ],
    "requests/reminders.py": ["requests/test_sweeps.py", "requests/test_afterwards.py"],
    "requests/models/visibility.py": [
        *("requests/test_visibility.py", "requests/test_blocks.py", "requests/test_consent.py"),
        *("requests/test_quiet.py", "requests/test_leaving.py", "requests/test_other_circles.py"),
    ],
    "requests/models/claim.py": [
        *("requests/test_claims.py", "requests/test_cover.py", "requests/test_promising.py"),
        *("requests/test_together.py", "requests/test_afterwards.py"),
    ],
    "requests/models/slot.py": [
        *("requests/test_claims.py", "requests/test_changing_times.py", "requests/test_moving.py"),
    ],
    "requests/models/wave.py": ["requests/test_waves.py", "requests/test_reach.py"],
    "requests/models/help_request.py": [
        *(
            "requests/test_asking.py",
            "requests/test_editing.py",
            "requests/test_sense.py",
            "requests/test_waves.py",
        ),
    ],
    "requests/models/standby.py": ["requests/test_cover.py", "requests/test_blocks.py"],
    "circles/models/membership.py": [
        *("circles/test_memberships.py", "circles/test_members.py", "circles/test_joining_pages.py"),
    ],
    "circles/models/invitation.py": [
        *(
            "circles/test_invitations_end.py",
            "circles/test_invitations.py",
            "circles/test_inviting_pages.py",
        ),
    ],
    "circles/models/consent.py": [
        *("circles/test_whose_yes.py", "circles/test_consent.py", "circles/test_consent_pages.py"),
    ],
    "circles/models/consent_answers.py": [
        *("circles/test_whose_yes.py", "circles/test_consent.py", "requests/test_consent.py"),
    ],
    "circles/models/consent_asking.py": ["circles/test_whose_yes.py", "circles/test_consent.py"],
    "circles/models/refusal.py": ["circles/test_whose_yes.py", "circles/test_consent.py"],
    "circles/mailed_to.py": ["circles/test_whose_yes.py"],
    "requests/models/consented.py": ["requests/test_consent.py", "requests/test_consent_pages.py"],
    "requests/models/moving.py": ["requests/test_moving.py", "requests/test_other_circles.py"],
    "requests/leaving.py": ["requests/test_leaving.py", "requests/test_other_circles.py"],
    "requests/blocking.py": ["requests/test_blocks.py", "requests/test_quiet_blocks.py"],
    "circles/models/block.py": ["circles/test_blocks.py", "requests/test_quiet_blocks.py"],
    "circles/models/circle.py": [
        *("circles/test_memberships.py", "circles/test_circle_pages.py", "circles/test_directory.py"),
    ],
}
