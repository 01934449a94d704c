"""Words that would show if a page or a mail took them for more than words, in every text field of every model."""

from html.parser import HTMLParser

from django.apps import apps
from django.db import models

from requests.catalogue.details import DETAILS
from requests.visibility.private_fields import VISIT

OURS = ("circles", "requests", "notices")
SUM = "{{7|add:7}}"
# What a field of so many characters has room for. Each closes what might be open, then opens something of its own.
PAYLOADS = (
    (130, "<b mark>\"'><a href=//evil.example mark>{sum}{{% now 'Y' %}}</a>https://evil.example/{n} x"),
    (80, "<b mark>\"' mark=' {sum} https://evil.example/{n}"),
    (40, "<b mark>\"' mark=' {sum}"),
)
# No person types these: machine values, and what is only compared.
MACHINE = {
    "Heartbeat.process": "a code",
    "Notice.key": "a code",
    "Notice.kind": "a code",
    "Notice.address": "an address, checked as one",
    "Notice.facts": "codes and times",
    "TurnedDown.about": "a code and a number",
    "TurnedDown.was": "a code",
    "JournalEntry.verb": "a code",
    "JournalEntry.subject": "model and number",
    "JournalEntry.details": "codes and times",
    "Report.subject": "model and number",
    "Person.password": "a hash",
    "Person.email": "an address, checked as one",
    "Person.time_zone": "the name of a zone",
    "Person.does": "codes",
    "Person.free_on": "numbers",
    "Consent.email": "an address, checked as one",
    "Consent.delegate_email": "an address, checked as one",
    "Consent.salt": "chance",
    "Consent.token_hash": "a hash",
    "Consent.struck": "codes",
    "SentForm.said": "a hash",
    "SentForm.page": "an address of ours",
    "SignInCode.key": "a hash",
    "SignInCode.salt": "chance",
    "SignInCode.mails": "times",
    "AddressChange.was": "an address, checked as one",
    "AddressChange.became": "an address, checked as one",
    "AddressChange.salt": "chance",
    "AddressChange.token_hash": "a hash",
    "Refusal.email": "an address, checked as one",
    "HelpRequest.covered": "the stamp of what was agreed to",
    "Circle.time_zone": "the name of a zone",
    "Invitation.email": "an address, checked as one",
    "Invitation.salt": "chance",
    "Invitation.token_hash": "a hash",
    "Wave.category": "a code",
    "HelpRequest.wishes": "codes",
    "HelpRequest.reaches": "codes",
    "Series.weekdays": "numbers",
    "Series.skips": "dates",
    "Series.time_zone": "the name of a zone",
}
# Words within JSON, in the shape in which the pages read them.
SHAPES = {
    "Application.answers": lambda mark: [[mark, mark]],
    "Circle.questions": lambda mark: [mark],
    "HelpRequest.visit": lambda mark: dict.fromkeys(VISIT, mark),
    "HelpRequest.details": lambda mark: {
        name: mark
        for form in DETAILS.values()
        for name, field in form.base_fields.items()
        if type(field).__name__ in ("Line", "CharField")
    },
}


def text_fields():
    """(name, field) of every field of our models that holds words."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.concrete_fields:
                name = f"{model.__name__}.{field.name}"
                if isinstance(field, kinds) and not field.choices and name not in MACHINE:
                    yield name, field


def payload(room, number):
    """Markup, the end of an attribute, an address and a template's tags, as far as `room` characters go."""
    text = next(text for longest, text in PAYLOADS if room >= longest)
    return text.format(sum=SUM, n=number)


def mark_everything(payload=payload):
    """Write over every text field of every row, past the forms and the verbs; `payload` takes room and number."""
    for number, (name, field) in enumerate(text_fields()):
        mark = payload(field.max_length or 200, number)
        value = SHAPES[name](mark) if name in SHAPES else mark
        field.model._default_manager.update(**{field.name: value})


class Marks(HTMLParser):
    """What became of the marks in a page: `broken` are those that are more than words, `seen` counts the others."""

    def __init__(self, html):
        super().__init__()
        self.broken, self.seen = [], 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "mark" in found or "<b" in found:
            self.broken.append(self.get_starttag_text()[:200])
        links = [found.get(name) or "" for name in ("href", "src", "action", "content", "formaction")]
        self.broken += [link for link in links if "evil.example" in link]
        self.seen += sum((value or "").count(SUM) for value in found.values())

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.seen += data.count(SUM)
