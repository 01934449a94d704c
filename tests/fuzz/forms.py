"""The forms of a page, read from its own HTML as a browser reads them, and how one fills them in."""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

# Where words stand as they were typed; everything else is chosen.
TYPED = {"text", "textarea", "email", "tel", "url", "search", "number", "date", "time", "datetime-local"}


@dataclass
class Field:
    """One name in a form: its kind, what stands in it, and what may be chosen."""

    name: str
    kind: str
    values: list = field(default_factory=list)
    choices: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)


@dataclass
class Form:
    """A form that posts: where to, its fields by name, and its buttons as (name, value)."""

    action: str
    fields: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)

    def filled(self):
        """{name: [values]} with what stands there, and something fitting where something is wanted."""
        return {name: field.values or fitting(field) for name, field in self.fields.items()}


class Page(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html, path):
        super().__init__(convert_charrefs=True)
        self.path, self.forms, self.form, self.open = path, [], None, None
        self.by_id, self.outside = {}, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form(attrs)
        elif tag in ("input", "textarea", "select", "button", "option"):
            getattr(self, f"_{tag}")(attrs)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif self.open and tag == self.open.kind:
            if tag == "textarea":
                # Browsers drop the first line break.
                self.open.values = [self.open.values[0].removeprefix("\n")]
            elif not self.open.values and "multiple" not in self.open.attributes:
                self.open.values = self.open.choices[:1]
            self.open = None

    def handle_data(self, data):
        if self.open is not None and self.open.kind == "textarea":
            self.open.values = [self.open.values[0] + data]

    def _form(self, attrs):
        self.form = Form(attrs.get("action") or self.path)
        if "id" in attrs:
            self.by_id[attrs["id"]] = self.form
        if attrs.get("method", "get").lower() == "post":
            self.forms.append(self.form)

    def _named(self, attrs, kind):
        """The field of this name in the form it stands in, or belongs to by the form's id."""
        form = self.by_id.get(attrs["form"]) if "form" in attrs else self.form
        if form is None or not attrs.get("name") or "disabled" in attrs:
            return None
        return form.fields.setdefault(attrs["name"], Field(attrs["name"], kind, attributes=attrs))

    def _input(self, attrs):
        kind, value = attrs.get("type", "text").lower(), attrs.get("value", "")
        if kind in ("submit", "image"):
            self._button(attrs)
        elif field := self._named(attrs, kind):
            if kind in ("checkbox", "radio"):
                value = attrs.get("value", "on")
                field.choices.append(value)
                field.values += [value] if "checked" in attrs else []
            else:
                field.values.append(value) if value else None

    def _textarea(self, attrs):
        if self._named(attrs, "textarea") is not None:
            self.open = self._named(attrs, "textarea")
            self.open.values = [""]

    def _select(self, attrs):
        self.open = self._named(attrs, "select")

    def _option(self, attrs):
        if self.open is not None and self.open.kind == "select":
            value = attrs.get("value", "")
            self.open.choices.append(value)
            self.open.values += [value] if "selected" in attrs else []

    def _button(self, attrs):
        form = self.by_id.get(attrs["form"]) if "form" in attrs else self.form
        if form is not None and attrs.get("type", "submit") in ("submit", "image") and attrs.get("name"):
            form.buttons.append((attrs["name"], attrs.get("value", "")))


def forms_of(response, path):
    """The forms of a page that post; none where it is no page."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return []
    return Page(response.content.decode(), path).forms


def fitting(field):
    """Something that a person might type or choose there; nothing where nothing is wanted."""
    chosen = [choice for choice in field.choices if choice]
    if field.kind == "checkbox":
        return chosen[:1] if "required" in field.attributes else []
    if field.kind in ("radio", "select"):
        return chosen[:1]
    day = timezone.localdate() + timedelta(days=3)
    by_kind = {
        "email": "somebody@example.org",
        "number": field.attributes.get("min") or "1",
        "date": day.isoformat(),
        "time": "18:00",
        "datetime-local": f"{day.isoformat()}T18:00",
        "tel": "+351 210 555 010",
        "hidden": "",
    }
    if "required" not in field.attributes and field.kind not in ("date", "time"):
        return [""]
    return [by_kind.get(field.kind, "Words")]
