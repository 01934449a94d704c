"""What is stored or typed stays as it is on its way through a form."""

import pytest
from django import forms

from circles.forms.fields import Words
from circles.forms.profile import MeForm, WelcomeForm
from tests.fuzz.forms import forms_of

from ..pages import signed_in
from ..views.test_profile import ME

pytestmark = pytest.mark.django_db
# Zones that people's programs and operators' settings know, and that no place in the list is called.
ODD = ["Etc/UTC", "Etc/GMT+3", "EST", "CET", "GB", "UTC"]


def chosen(person, path):
    """What the page's select sends as it is: what is chosen in it, else its first entry."""
    response = signed_in(person).get(path)
    return next(
        form.fields["time_zone"].values for form in forms_of(response, path) if "time_zone" in form.fields
    )


@pytest.mark.parametrize("zone", ODD)
@pytest.mark.parametrize("path", ["/me/", "/me/welcome/"])
def test_a_zone_that_is_not_in_the_list_stays_chosen(ada, zone, path):
    type(ada).objects.filter(pk=ada.pk).update(time_zone=zone)

    assert chosen(ada, path) == [zone]


def test_a_zone_that_is_not_in_the_list_is_still_theirs_after_saving_something_else(ada):
    type(ada).objects.filter(pk=ada.pk).update(time_zone="Etc/GMT+3")

    signed_in(ada).post("/me/", {**ME, "time_zone": chosen(ada, "/me/")[0], "name": "Ada L."})

    ada.refresh_from_db()
    assert (ada.name, ada.time_zone) == ("Ada L.", "Etc/GMT+3")


def test_where_the_zone_is_none_any_more_nothing_is_chosen_and_that_is_an_error(ada):
    type(ada).objects.filter(pk=ada.pk).update(time_zone="Mars/Base")

    assert chosen(ada, "/me/") == [""]
    response = signed_in(ada).post("/me/", {**ME, "time_zone": ""})

    assert response.context["form"].errors["time_zone"]


@pytest.mark.parametrize("zone", ODD)
def test_the_zone_of_a_circle_stays_too(olga, street, zone):
    type(street).objects.filter(pk=street.pk).update(time_zone=zone)

    assert chosen(olga, f"{street.get_absolute_url()}edit/") == [zone]


@pytest.mark.parametrize("zone", ["Etc/UTC", "EST"])
def test_only_what_the_newcomers_form_began_with_may_be_sent_back_unlisted(zone):
    assert not WelcomeForm({"name": "N", "time_zone": zone}, initial={"time_zone": "UTC"}).is_valid()
    assert WelcomeForm({"name": "N", "time_zone": zone}, initial={"time_zone": zone}).is_valid()


def test_one_readers_odd_zone_is_no_entry_of_the_next(ada, bo):
    type(ada).objects.filter(pk=ada.pk).update(time_zone="Etc/GMT+3")
    ada.refresh_from_db()

    assert "Etc/GMT+3" in str(MeForm(instance=ada)["time_zone"])
    assert "Etc/GMT+3" not in str(MeForm(instance=bo)["time_zone"])


class Said(forms.Form):
    text = Words(max_length=1000)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_line_break_is_one_character_however_it_is_sent(line_break):
    written = line_break.join(["x" * 9] * 100)

    form = Said({"text": f"{written}y"})

    assert form.is_valid(), form.errors
    assert len(form.cleaned_data["text"]) == 1000
    assert "\r" not in form.cleaned_data["text"]
    assert not Said({"text": f"{written}yz"}).is_valid()
