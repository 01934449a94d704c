"""Passwords that anybody would try first are refused."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.anywhere
@pytest.mark.parametrize("password", ["supportnet2026", "SupportNet!", "careforus-1", "1careforus2"])
def test_the_name_of_the_site_is_no_password(password, settings):
    settings.SITE_URL = "https://careforus.example.org"

    with pytest.raises(ValidationError) as refused:
        validate_password(password)

    assert "password_of_site_words" in [error.code for error in refused.value.error_list]


@pytest.mark.anywhere
@pytest.mark.parametrize("password", ["supportnet has nine green lamps", "nine green lamps", "quilt-otter-9"])
def test_a_long_one_may_hold_it(password, settings):
    settings.SITE_URL = "https://careforus.example.org"

    validate_password(password)
