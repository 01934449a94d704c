"""Whatever people are called anywhere is a name; what is made to deceive is none."""

import unicodedata

import pytest
from django import forms
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from circles import names
from circles.forms.fields import Name
from circles.lookalikes import looking_like
from tests import cast
from tests.cast import now

anywhere = pytest.mark.anywhere
NAMES = [
    *(
        "Ada",
        "Bo",
        "José María",
        "Nguyễn Thị Ánh",
        "Đặng Thùy Trâm",
        "Siobhán O’Brien",
        "D'Arcy",
        "Anne-Marie",
    ),
    *(
        "J.R.R. Tolkien",
        "J. Smith",
        "Dr. Müller",
        "Dr.Müller",
        "Dr.med. Ada",
        "Fr.Li",
        "St. John",
        "Ph.D. Bo",
        "Nachbarn e.V.",
        "Ann (2)",
    ),
    *(
        "№ 5",
        "Haus 12.3",
        "C/O Ada",
        "Ada & Bo",
        "Team 50/50",
        "“Die Straße”",
        "Åsa Ö.",
        "Łukasz",
        "Ẹ̀jẹ̀",
        "Ǹjọ́kú",
    ),
    *("محمد", "مُحَمَّد", "علی‌رضا", "نیک‌نام", "שָׁלוֹם", "דָּנִיֵּאל", "ሰላም", "Иван", "Їжак", "Ζωή", "Արամ", "თამარ"),
    *("श्री राम", "नमस्ते", "সুব্রত", "ਗੁਰਪ੍ਰੀਤ", "தமிழ்ச்செல்வி", "రామకృష్ణ", "ಕನ್ನಡ", "രാജന്‍", "ශ්‍රී ලංකා"),
    *("สมชาย", "น้ำทิพย์", "ກຸ້ງ", "ပြည့်ဖြိုး", "လျှို့ဝှက်", "ភាសា", "བསྒྲུབས", "王小明", "辻󠄀", "さとう", "김민수", "ᠮᠣᠩᠭᠣᠯ"),
    *("Choir 🎶", "❤️ Ada", "👩‍👧 Family", "Team 1️⃣", "Ada 👍🏽"),
]
FORGED = {
    names.HIDDEN: [
        *(
            "Ada\u200b",
            "A\u00adda",
            "\u202eadA",
            "Ada\u2067",
            "\u2066Ada\u2069",
            "Ada\u200f",
            "\ufeffAda",
            "A\u2060da",
        ),
        *(
            "A\u200dda",
            "Ada\u200d",
            "\u200cAda",
            "A\u200c\u200da",
            "Ada\x07",
            "A\x1bda",
            "A\x00da",
            "Ada\ufe0f",
            "\u3164",
            "\ufe00",
            "\u2065",
            "\ufff0",
            "\ufffc",
            "\U000e0200",
            "\U0001d159",
            "\U00016fe4",
        ),
        *(
            "\u2800\u2800",
            "\u115f\u1160",
            "\u180e",
            "A\u034fda",
            "\U000e0041Ada",
            "\u200b\u200b",
            "Ada\ue000",
            "A\u061cda",
        ),
        *("Ada \U000e0101", "علی\u200c رضا", "\uffa0", "\u17b4", "\U0001d173"),
    ],
    names.TOO_MANY_MARKS: [
        "A" + "\u0301" * 5,
        "Z" + "\u0335\u0336\u0337\u0338",
        "\u0301",
        "ก" + "้" * 9,
        "Bo \u0308\u0308",
    ],
    names.AN_ADDRESS: [
        *(
            "https://evil.example",
            "evil.example",
            "www.evil.example",
            "EVIL.EXAMPLE/x",
            "Ada evil.com",
            "(bit.ly/x)",
        ),
        *(
            "http:/evil",
            "ada@example.org",
            "1.2.3.4",
            "evil。example",
            "evil．com",
            "see t.me/x",
            "пример.рф",
            "x.xn--p1ai",
        ),
        *("www.bo", "ftp://x", "Ada,evil.org", "evil.example:80", "ｅｖｉｌ．ｃｏｍ"),
    ],
    names.A_NUMBER: [
        *("Ring 0900 123456", "+49 30 5550101", "(030) 555-0101", "Ada ０９００１２３４５６", "118 118"),
        *(
            "٠٩٠٠١٢٣٤٥٦",
            "0 9 0 0 1 2 3",
            "5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e3",
        ),
    ],
    names.NOT_A_NAME: ["…", "--", "' '", "!?"],
}


@anywhere
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_language_is_kept_as_it_is_written(name):
    assert names.fit(name) == unicodedata.normalize("NFC", name)


@anywhere
@pytest.mark.parametrize(
    ("words", "name"), [(words, name) for words, forged in FORGED.items() for name in forged]
)
def test_a_forged_name_is_refused_with_its_reason(words, name):
    with pytest.raises(names.Unfit) as refused:
        names.fit(name)

    assert refused.value.words == words


@anywhere
def test_blanks_and_breaks_become_one_blank_and_letters_are_composed():
    assert names.fit(" Jose\u0301\u00a0\n Maria\t") == "José Maria"


@anywhere
@given(st.text(max_size=30))
def test_what_is_fit_stays_fit_and_holds_nothing_hidden(text):
    try:
        name = names.fit(text)
    except names.Unfit:
        return

    assert names.fit(name) == name == unicodedata.normalize("NFC", name).strip()
    assert not {unicodedata.category(letter) for letter in name} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not set(name) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u00ad\ufeff")


def name_fields():
    """(form class, field name) of every form in which a person or a circle is given a name."""
    seen, waiting = set(), [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in seen:
                seen.add(form)
                waiting.append(form)
    for form in seen:
        if form.__module__.startswith(("circles", "requests")):
            for name, field in getattr(form, "base_fields", {}).items():
                if isinstance(field, forms.CharField) and name.endswith(("name", "around")):
                    yield form, name, field


def test_every_form_field_for_a_name_keeps_the_rule(db):
    found = list(name_fields())

    loose = {(form.__name__, name) for form, name, field in found if not isinstance(field, Name)}

    # A key is named for oneself; nobody else reads it.
    assert loose - {("AddPasskeyForm", "name")} == set()
    assert len(found) > 8


def test_every_column_for_a_name_is_known_to_the_rule():
    columns = {
        field.name
        for model in apps.get_models()
        if model._meta.app_label in ("circles", "requests")
        for field in model._meta.concrete_fields
        if field.name.endswith(("name", "around")) and field.name != "codename"
    }

    assert columns == set(names.NAMED)


def test_a_refused_name_is_told_beside_the_field_and_what_was_typed_stays(client, ada):
    client.force_login(ada)
    page = client.get("/me/").context["form"]
    typed = {name: page[name].value() for name in page.fields if page[name].value() not in (None, False)}

    answer = client.post("/me/", {**typed, "name": "Ada \u202eevil", "area": "By the river"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": [str(names.HIDDEN)]}
    assert "By the river" in answer.text
    ada.refresh_from_db()
    assert (ada.name, ada.area) == ("Ada", "")


def test_a_name_from_before_the_rule_stays_until_it_is_edited(client, ada):
    type(ada).objects.filter(pk=ada.pk).update(name="evil.example")
    client.force_login(ada)
    page = client.get("/me/").context["form"]
    typed = {name: page[name].value() for name in page.fields if page[name].value() not in (None, False)}

    saved = client.post("/me/", {**typed, "area": "By the river"})
    refused = client.post("/me/", {**typed, "name": "evil.example."})

    assert (saved.status_code, refused.status_code) == (302, 422)
    ada.refresh_from_db()
    assert (ada.name, ada.area) == ("evil.example", "By the river")


def test_no_verb_stores_a_forged_name(ada, olga, street):
    forged, at = "Ada\u202e", now()
    for verb in (
        lambda: ada.edit(name=forged, at=at),
        lambda: ada.welcome(name=forged, time_zone="UTC", language="en", at=at),
        lambda: street.edit(by=olga, at=at, name=forged),
        lambda: cast.make_circle(olga, name=forged),
        lambda: street.add_without_email(name=forged, phone="555 0107", by=olga, at=at),
        lambda: street.invite(email="x@example.org", name=forged, by=olga, at=at),
    ):
        with pytest.raises(names.Unfit):
            verb()


@anywhere
@pytest.mark.parametrize(
    ("name", "others", "alike"),
    [
        ("Оlga Ruiz", ["Bo", "Olga Ruiz"], "Olga Ruiz"),
        ("оlga ruiz", ["Olga Ruiz"], "Olga Ruiz"),
        ("BiIl", ["Bill"], "Bill"),
        ("Мagda", ["Magda"], "Magda"),
        ("Mami", ["Marni"], "Marni"),
        ("Ewa Adler", ["Evva Acller"], "Evva Acller"),
        ("Clara", ["Dara"], None),
        ("Olga Ruiz", ["Olga Ruiz", "OLGA RUIZ"], None),
        ("José", ["Jose\u0301"], None),
        ("Jose", ["José"], None),
        ("Иван", ["Ivan"], None),
        ("Ann", ["Anna"], None),
    ],
)
def test_a_name_in_other_letters_is_found(name, others, alike):
    assert looking_like([name], others).get(name) == alike


def test_keepers_see_whom_a_joiner_could_be_taken_for(client, street, olga, bo):
    forger = cast.make_person("forger")
    type(forger).objects.filter(pk=forger.pk).update(name="Вo")
    street.ask_to_join(forger, at=now())
    client.force_login(olga)

    pages = [client.get(f"/circles/{street.pk}/{page}") for page in ("", "members/")] + [
        client.get("/organize/")
    ]

    assert [page.text.count("looks like Bo, in other letters") for page in pages] == [1, 1, 1]


@pytest.mark.parametrize(
    ("joiner", "member"),
    [
        ("Mami", "Marni"),
        ("Marni", "MAMI"),
        ("Evva", "Ewa"),
        ("Acla", "Ada"),
        ("Ada", "Acla"),
        ("Mammi", "Marnmi"),
    ],
)
def test_two_plain_names_that_differ_by_two_letters_for_one_are_found(street, joiner, member):
    people = [cast.make_person(f"person{n}") for n in range(2)]
    for person, name in zip(people, (joiner, member), strict=True):
        type(person).objects.filter(pk=person.pk).update(name=name)
        person.refresh_from_db()
    street.memberships.create(person=people[1], role="member", joined_at=now())

    assert street.members_looking_like(people[:1], newcomers=people[:1]) == {joiner: member}


def test_a_name_that_could_be_no_other_costs_no_look_at_the_members(street, bo, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert street.members_looking_like([bo], newcomers=[bo]) == {}


def test_of_those_who_are_in_already_two_letters_for_one_are_looked_at(street):
    marni, mami = (cast.make_person(name) for name in ("Marni", "Mami"))
    for person in (marni, mami):
        street.memberships.create(person=person, role="member", joined_at=now())

    assert street.members_looking_like([marni, mami], newcomers=[]) == {"Marni": "Mami"}


def test_members_do_not_see_it(client, street, ada, bo):
    type(ada).objects.filter(pk=ada.pk).update(name="Вo")
    client.force_login(bo)

    assert "looks like" not in client.get(f"/circles/{street.pk}/members/").text


def test_of_two_circles_called_alike_the_directory_says_who_keeps_which(client, olga, mallory, ada, bo):
    real = cast.make_circle(olga, ada, name="Lime Street", listed=True, description="Neighbours")
    cast.make_circle(mallory, name="Lime Street", listed=True, description="Neighbours")
    client.force_login(bo)

    text = client.get("/circles/directory/").text

    assert "Kept by Olga." in text and "Kept by Mallory." in text
    assert "Ada" not in text
    assert "Kept by Olga." in client.get(f"/circles/{real.pk}/join/").text
