"""What a password may not be made of: the words that anybody would try first at this installation.

ASVS 5, 6.1.2 and 6.2.11. One's own name and address are Django's `UserAttributeSimilarityValidator`.
"""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# A shorter word stands in too many good passwords.
SHORTEST_WORD = 5


def site_words():
    """The words, in small letters: the product's name and the parts of the site's own."""
    return {"supportnet", *re.findall(rf"[a-z]{{{SHORTEST_WORD},}}", settings.SITE_URL.lower())}


class SiteWordsValidator:
    """Refuses a password that is one of the site's words with a few signs around it."""

    def validate(self, password, user=None):
        """Raises `ValidationError` where less than eight signs are left without the words."""
        left = password.lower()
        for word in sorted(site_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(left) < 8:
            raise ValidationError(
                _("This is close to the name of this site, which others would try first."),
                code="password_of_site_words",
            )

    def get_help_text(self):
        """For whoever chooses one."""
        return _("Your password can’t be the name of this site.")
