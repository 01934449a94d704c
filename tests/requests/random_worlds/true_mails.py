"""What the sentences of a mail say, held against the database at the moment at which it goes out.

`FACTS` knows for each sentence of the templates when it is so; `NO_FACTS` are those that state none. A sentence that is
in neither is found by `unknown_sentences`.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from django.utils import timezone, translation

from circles import time_text
from requests.mails.claim_base import short_time
from requests.models import Claim, Slot, StandbyCall
from supportnet.notices import kinds, rendering
from supportnet.notices.models import Notice

from . import true_waves

LETTER = "_letter.txt"
MAILS = Path(__file__).parents[3] / "templates" / "mail"
SENTENCE = re.compile(
    r'\{% translate "(?P<plain>[^"]*)" %\}|\{% blocktranslate[^%]*%\}(?P<block>.*?)\{% endblocktranslate %\}',
    re.DOTALL,
)
ABOUT = {Claim, Slot, StandbyCall}


@dataclass(frozen=True)
class Sent:
    """One mail that went out: what it is about, as it is at the moment; read once."""

    kind: kinds.Kind
    notices: list
    reader: object
    at: object
    subject: str
    text: str

    @cached_property
    def causes(self):
        """What it is about, read anew, in the order of the notices."""
        found = self.kind.causes({notice.cause_id for notice in self.notices})
        return list(dict.fromkeys(found[notice.cause_id] for notice in self.notices))

    @cached_property
    def slots(self):
        """The times that it is about; of what is asked those at which a place is to be had."""
        if self.kind.name in true_waves.WAVES:
            asked = true_waves.requests_of(self)
            return [slot for one in asked for slot in true_waves.open_times(self, one)]
        return [cause if isinstance(cause, Slot) else cause.slot for cause in self.causes]


def sent_since(moment, messages, *, at):
    """`Sent` of each of the `messages` that tells of times, promises and what is asked."""
    told = Notice.objects.filter(sent_at__gte=moment).select_related("reader")
    by_mail = {rendering.message_id(notice.key): notice for notice in told}
    for message in messages:
        first = by_mail[message.extra_headers["Message-ID"]]
        kind = kinds.kind_named(first.kind)
        if is_about_facts(kind):
            same = [
                n for n in told if (n.reader, n.kind, n.sent_at) == (first.reader, first.kind, first.sent_at)
            ]
            yield Sent(kind, same, first.reader, at, message.subject, message.body)


def is_about_facts(kind):
    """Whether mails of this kind are held against the database."""
    return kind.model in ABOUT or kind.name in true_waves.WAVES


def lies(sent):
    """(sentence, mail) of each sentence that is not so."""
    text = " ".join(sent.text.split())
    for sentence in sorted(SENTENCES_OF[sent.kind.name] & FACTS.keys()):
        found = _pattern(sentence).search(f"{sent.subject} | {text}")
        if found and not FACTS[sentence](sent, *sent.causes):
            yield sentence, found[0]
    yield from true_waves.wrong_requests(sent) if sent.kind.name in true_waves.WAVES else _wrong_times(sent)


def _wrong_times(sent):
    """Every line of a list begins with the time of one of the promises, and the subject with that of the first."""
    with translation.override("en"), timezone.override(sent.reader.zone):
        whens, shorts = [], []
        for slot in sent.slots:
            zone = slot.own_zone or sent.reader.zone
            when = time_text.when(slot.starts_at, slot.ends_at, zone=zone, at=sent.at)
            whens.append(when[:1].upper() + when[1:])
            shorts.append(short_time(slot, sent.at))
    lines = re.findall(r"^- (.+)", sent.text, re.MULTILINE)
    for line in lines:
        if not any(line.startswith(when) for when in whens):
            yield "a line with another time", line
    if lines and len(lines) != len(sent.causes):
        yield "another number of lines", sent.text
    if not lines and not any(short in f"{sent.subject} {sent.text}" for short in shorts):
        yield "no time", sent.text


@cache
def _pattern(sentence):
    parts = re.split(r"\{\{.*?\}\}", sentence)
    return re.compile(r"(?:^|(?<=\W))" + ".{1,200}?".join(re.escape(part) for part in parts))


def sentences_of(name):
    """The sentences of the templates of a kind, with those of the files that they include."""
    found, files = set(), [MAILS / f"{name}.txt", MAILS / f"{name}.subject.txt"]
    while files:
        text = files.pop().read_text()
        files += [
            MAILS / part
            for part in re.findall(r'(?:include|extends) "mail/([\w.]+)"', text)
            if part != LETTER
        ]
        for match in SENTENCE.finditer(text):
            found |= set((match["plain"] or match["block"]).split("{% plural %}"))
    return found


def unknown_sentences():
    """(kind, sentence) of what nobody has said to be a fact or none."""
    known = FACTS.keys() | NO_FACTS
    return sorted(
        (name, sentence) for name, sentences in SENTENCES_OF.items() for sentence in sentences - known
    )


# What is so when ----------------------------------------------------------------------------------------------


def stands(sent, *claims):
    """All promises stand, hold a place, and are ahead or under way."""
    return all(c.is_accepted and not c.slot.cancelled_at and not c.slot.is_over(at=sent.at) for c in claims)


def is_ahead(sent, *claims):
    """They stand and have not begun."""
    return stands(sent, *claims) and all(c.slot.deadline > sent.at for c in claims)


def waits(sent, *claims):
    """All wait for a yes, of which it is not too late."""
    return all(c.is_live and not c.accepted_at and not c.slot.is_over(at=sent.at) for c in claims)


def some_wait(sent, *claims):
    """At least one waits for a yes."""
    return any(waits(sent, claim) for claim in claims)


def is_gone(sent, *claims):
    """None of them stands any more."""
    return not any(claim.is_live for claim in claims)


def is_gone_and_open(sent, *claims):
    """None stands, and a place is to be had in each time."""
    return is_gone(sent, *claims) and all(claim.slot.is_open(at=sent.at) for claim in claims)


def is_gone_and_not_open(sent, *claims):
    """None stands, and somewhere no place is to be had."""
    return is_gone(sent, *claims) and not all(claim.slot.is_open(at=sent.at) for claim in claims)


def is_called_off(sent, *claims):
    """The promises were ended by others, not by their helpers."""
    return all(claim.cancelled_at for claim in claims)


def is_over(sent, *causes):
    """All of the times have passed."""
    return all(slot.is_over(at=sent.at) for slot in sent.slots)


def is_kept_while_looking(sent, *claims):
    """The helper holds the place, looks for somebody else, and it is ahead."""
    return is_ahead(sent, *claims) and all(claim.cover_wanted_at for claim in claims)


def took_over(sent, *claims):
    """The promise stands, and somebody else gave the same time back for it."""
    return stands(sent, *claims) and all(
        claim.slot.claims.filter(released_at=claim.accepted_at).exists() for claim in claims
    )


def was_taken_over(sent, *claims):
    """The promise was given back, in the moment in which somebody else's began."""
    return is_gone(sent, *claims) and all(
        claim.slot.claims.filter(accepted_at=claim.released_at).exists() for claim in claims
    )


def nobody_comes(sent, *slots):
    """No promise stands, a place is open, and it has not begun."""
    return all(
        not slot.claims.accepted().exists() and slot.is_open(at=sent.at) and slot.starts_at > sent.at
        for slot in slots
    )


def someone_must_step_in(sent, call):
    """A place is to be had, at the time that was asked for, and there is time to answer."""
    return (
        call.is_waiting and call.slot.is_open(at=sent.at) and call.slot.deadline == call.starts_at > sent.at
    )


def is_free(sent, call):
    """A place that nobody holds."""
    return call.slot.capacity is None or call.slot.taken < call.slot.capacity


def is_held(sent, call):
    """Whoever looks for somebody else holds it."""
    return not is_free(sent, call) and call.slot.covering > 0


def answer_helps(sent, call):
    """The moment until which an answer helps is still to come, and before the time itself."""
    words = re.search(r"An answer helps most until (.+?)\. A no", " ".join(sent.text.split()))[1]
    with translation.override("en"):
        later = (sent.at + minutes * MINUTE for minutes in range(14, 14 * 24 * 60))
        ahead = (moment for moment in later if moment <= call.starts_at)
        return any(
            words == time_text.moment_in_words(moment, zone=sent.reader.zone, at=sent.at) for moment in ahead
        )


def is_taken(sent, call):
    """No place is to be had, and as many come as are needed."""
    return call.slot.is_full and call.slot.claims.accepted().exists()


def has_stepped_in(sent, call):
    """Somebody has promised since the reader was asked."""
    return call.slot.claims.accepted().filter(accepted_at__gte=call.asked_at).exists()


def is_in_doubt(sent, *claims):
    """A keeper has to say of each whether it stands."""
    return Claim.objects.in_doubt(at=sent.at).filter(pk__in=[c.pk for c in claims]).count() == len(claims)


def some_in_doubt(sent, *claims):
    """A keeper has to say of one at least whether it stands."""
    return Claim.objects.in_doubt(at=sent.at).filter(pk__in=[claim.pk for claim in claims]).exists()


def still_comes(sent, *claims):
    """The promises stand, accepted or not."""
    return all(claim.is_live and not is_over(sent, claim) for claim in claims)


def is_open(sent, *claims):
    """A place is to be had in each of the times."""
    return all(claim.slot.is_open(at=sent.at) for claim in claims)


def is_not_needed(sent, call):
    """No place is to be had."""
    return not call.slot.is_open(at=sent.at)


def asker_said_yes(sent, *claims):
    """They stand by the yes of who asks."""
    return stands(sent, *claims) and all(claim.help_request.needs_yes for claim in claims)


def a_keeper_did_it(sent, *claims):
    """Somebody else promised for the reader."""
    return stands(sent, *claims) and all(claim.made_by_id != claim.person_id for claim in claims)


def reader_did_it(sent, *claims):
    """The reader promised it, to one asker."""
    askers = {claim.help_request.asker_id for claim in claims}
    return stands(sent, *claims) and len(askers) == 1 and all(c.made_by_id == sent.reader.pk for c in claims)


def is_soon(sent, *claims):
    """It begins within two hours."""
    return is_ahead(sent, *claims) and all(c.slot.starts_at <= sent.at + 121 * MINUTE for c in claims)


def several_helped(sent, *claims):
    """More than one helper, all of whom came as far as anybody said."""
    return len({claim.person_id for claim in claims}) > 1


def one_helped(sent, *claims):
    """One helper."""
    return not several_helped(sent, *claims)


def has_changed(sent, *claims):
    """It stands and is not over; of an offer see `offers_changed`."""
    return all(claim.is_live and not claim.slot.cancelled_at and not is_over(sent) for claim in claims)


def offers_changed(sent, *claims):
    """All of them wait for a yes."""
    return has_changed(sent, *claims) and waits(sent, *claims)


def unanswered(sent, *claims):
    """The time has passed, and nobody said yes or no."""
    return is_over(sent) and all(claim.is_live and not claim.accepted_at for claim in claims)


def runs_late(sent, *claims):
    """They come, and said that they come later."""
    return stands(sent, *claims) and all(claim.late_at for claim in claims)


def reads_as_keeper(sent, *claims):
    """The reader keeps every circle that it is about."""
    return all(claim.help_request.circle.is_kept_by(sent.reader) for claim in claims)


def reads_as_asker(sent, *causes):
    """The reader asks or posted all of it."""
    return all(slot.help_request.is_run_by(sent.reader) for slot in sent.slots)


def reads_as_helper(sent, *claims):
    """They are the reader's own promises."""
    return all(claim.person_id == sent.reader.pk for claim in claims)


def was_said(sent, *claims):
    """It is over, and has not been answered yet."""
    return (
        stands_or_over(sent, *claims)
        and is_over(sent)
        and not any(c.happened_at or c.missed_at for c in claims)
    )


def stands_or_over(sent, *claims):
    """The promises hold a place."""
    return all(claim.is_accepted for claim in claims)


MINUTE = time_text.dt.timedelta(minutes=1)
FACTS = {
    "Did it happen?": was_said,
    "{{ asker }} says yes": asker_said_yes,
    "{{ signed_up_by }} signed you up": a_keeper_did_it,
    "You promised to help {{ asker }}": reader_did_it,
    "What you promised": stands,
    "You get this because {{ signed_up_by }} put you down for it.": a_keeper_did_it,
    "Not this time, says {{ asker }}, and thank you": lambda sent, *claims: all(
        c.declined_at for c in claims
    ),
    "{{ helper }} comes about {{ minutes }} minute later": runs_late,
    "{{ helper }} comes about {{ minutes }} minutes later": runs_late,
    "{{ helper }} comes a little later": runs_late,
    "{{ helper }} comes a little later: {{ time }}": runs_late,
    "{{ helper }} had to drop out": lambda sent, *claims: is_gone(sent, *claims) and is_over(sent),
    "{{ helper }} can’t come after all": is_gone,
    "{{ helper }} can’t come: {{ count }} time, the first {{ time }}": is_gone,
    "{{ helper }} can’t come: {{ count }} times, the first {{ time }}": is_gone,
    "{{ helper }} can’t come: {{ time }}": is_gone,
    "This should have reached you earlier. If you waited, we are sorry.": is_over,
    "These places are open again, and others in your circle can see them.": is_gone_and_open,
    "These places are open again; perhaps you know somebody who could step in.": is_gone_and_open,
    "The place is open again, and others in your circle can see it.": is_gone_and_open,
    "The place is open again; perhaps you know somebody who could step in.": is_gone_and_open,
    "Somebody stepped in for you": was_taken_over,
    "It is about: {{ time }}, for {{ asker }}. Somebody else comes, and you are free. Thank you for "
    "looking after it.": (was_taken_over),
    "You are free: {{ time }}": is_gone,
    "{{ helper }} comes instead": took_over,
    "It is about: {{ time }}. {{ helper }} took the place over, so somebody comes as planned.": took_over,
    "{{ helper }} comes: {{ time }}": stands,
    "{{ helper }} looks for somebody else": is_kept_while_looking,
    "It is about: {{ time }}. {{ helper }} keeps the place until somebody takes it over, so nothing is lost yet. "
    "You need not do anything.": is_kept_while_looking,
    "It is about: {{ time }}, for {{ asker }}. {{ helper }} keeps the place until somebody takes it over; perhaps you "
    "know somebody who could.": is_kept_while_looking,
    "Looking for somebody else: {{ time }}": is_kept_while_looking,
    "Your place was given back for you": is_gone,
    "A keeper of the circle did it for you. If that is a mistake, you may take it again while it is open.": is_gone,
    "It was about: {{ time }}, for {{ asker }}. The time has passed without an answer. People who need help often have "
    "a lot on their minds, so please don’t take it to heart. It counts that you offered.": unanswered,
    "{{ helper }} is waiting for your answer": waits,
    "{{ count }} person is waiting for your answer": waits,
    "{{ count }} people are waiting for your answer": waits,
    "{{ count }} person waits for your answer": waits,
    "{{ helper }} waits for your answer: {{ time }}": waits,
    "{{ count }} people wait for your answer": waits,
    "{{ time }}: nobody has been found yet": nobody_comes,
    "Others can still take it, and you will hear if somebody does. You need not do anything.": nobody_comes,
    "{{ time }}: still open": nobody_comes,
    "You are counted on": is_ahead,
    "{{ time }}: {{ asker }} counts on you": is_ahead,
    "Soon: {{ time }}, for {{ asker }}": is_soon,
    "You are not alone with this": lambda sent, *claims: all(claim.is_live for claim in claims),
    "{{ helper }} would like to be there for you": waits,
    "{{ helper }} will help": stands,
    "You decide about those who are waiting: say yes, or not this time, on the page. Either way they are told kindly, "
    "and nobody else learns of it. For the others there is nothing you need to do.": (
        lambda sent, *claims: some_wait(sent, *claims) and any(claim.accepted_at for claim in claims)
    ),
    "You decide: say yes, or not this time, on the page. Whichever it is, they are told kindly, and nobody else "
    "learns of it.": waits,
    "There is nothing you need to do.": stands,
    "{{ count }} offer to help": some_wait,
    "{{ count }} offers to help": some_wait,
    "{{ count }} promise to help": stands,
    "{{ count }} promises to help": stands,
    "{{ helper }} offers to be there: {{ time }}": waits,
    "{{ helper }} helps: {{ time }}": stands,
    "A word of thanks for {{ helper }}?": one_helped,
    "A word of thanks for {{ helper }} and others?": several_helped,
    "{{ helper }} helped: {{ time }}": one_helped,
    "{{ helper }} and others helped: {{ time }}": several_helped,
    "You get this because somebody helped with what you asked for.": stands_or_over,
    "It was called off": lambda sent, *claims: is_called_off(sent, *claims) and is_over(sent),
    "You are not needed at these times any more": is_called_off,
    "You are not needed then any more": is_called_off,
    "Called off: {{ time }}, for {{ asker }}": is_called_off,
    "This should have reached you earlier. If you came for nothing, we are sorry.": is_over,
    "Something you offered to help with has changed": offers_changed,
    "Something you promised has changed": has_changed,
    "Changed: {{ time }}, for {{ asker }}": has_changed,
    "Please say whether it still suits you; the place is yours.": lambda sent, *claims: any(
        c.is_accepted for c in claims
    ),
    "Your offer still waits for a yes.": some_wait,
    "Could you step in for {{ asker }}?": someone_must_step_in,
    "Somebody who promised looks for somebody else: {{ time }}. You said that you may be asked.": is_held,
    "Somebody dropped out: {{ time }}. You said that you may be asked.": is_free,
    "An answer helps most until {{ answer_by }}. A no is fine, and nobody learns of it.": answer_helps,
    "Could you step in? {{ time }}": someone_must_step_in,
    "Nobody needs to step in any more": is_not_needed,
    "{{ time }}, for {{ asker }}: it is taken care of. Thank you for being ready.": is_taken,
    "{{ time }}, for {{ asker }}: it is not needed any more. Thank you for being ready.": is_not_needed,
    "Somebody else has stepped in": has_stepped_in,
    "Does {{ helper }} still come?": is_in_doubt,
    "Does {{ helper }} still come? {{ time }}": is_in_doubt,
    "{{ helper }} promised this, and was set aside or is not checked for that day any more. Until you decide, "
    "{{ helper }} is still expected.": is_in_doubt,
    "A keeper still has to confirm it. As soon as they have, the address stands on the page.": some_in_doubt,
    "A keeper still has to confirm it. As soon as they have, you will find the address on the page.": some_in_doubt,
    "{{ helper }} comes at another time": stands,
    "{{ helper }} comes at another time: {{ time }}": stands,
    "{{ helper }} offers to come at another time": waits,
    "{{ helper }} offers to come at another time: {{ time }}": waits,
    "The offer still waits for a yes.": waits,
    "Fewer come with {{ helper }}": still_comes,
    "Fewer come with {{ helper }}: {{ time }}": still_comes,
    "More come with {{ helper }}": still_comes,
    "More come with {{ helper }}: {{ time }}": still_comes,
    "{{ count }} place is open again.": is_open,
    "{{ count }} places are open again.": is_open,
    "(waits for your yes)": some_wait,
    "(will come)": lambda sent, *claims: any(claim.is_accepted for claim in claims),
    "You get this because you promised to help.": reads_as_helper,
    "You get this because you keep this circle.": reads_as_keeper,
    "You get this because it is about something you asked for.": reads_as_asker,
    "You get this because you promised to help. Choose the hour of this reminder on your own page.": reads_as_helper,
    "You get this because you promised to help, and asked to be reminded twice.": (
        lambda sent, *claims: reads_as_helper(sent, *claims)
    ),
    "You get this because you offered to help.": reads_as_helper,
    **true_waves.FACTS,
}
# They ask, thank, lead on, name or begin a line; what they name is held by `_wrong_times`.
NO_FACTS = {
    *true_waves.NO_FACTS,
    "One tap on the page is enough. If you say nothing, we take it that all went well. Thank you.",
    "{{ day }}, for {{ asker }}",
    "Please call {{ helper }}",
    "Please call {{ helper }}: {{ time }}",
    "{{ helper }} gets no mail, and something about it was changed or called off. "
    "You find their number among the members.",
    "If that does not suit you, give it back on its page. Nobody minds.",
    "Thank you. If something comes up, say so on its page as early as you can: then somebody else can step in.",
    "The address and everything else you need stand on the page. We remind you in time.",
    "{{ time }}, for {{ asker }}",
    "{{ count }} times, the first: {{ time }}, for {{ asker }}",
    "It was about: {{ time }}. Sometimes somebody else fits just now, or the day has changed. That you offered counts.",
    "About your offer to help",
    "It was agreed for: {{ time }}.",
    "You get this because you were looking for somebody to take over.",
    "Thank you for your offer",
    "Say yes, or not this time: either is fine. They are told kindly, and nobody else learns of it. "
    "We do not ask again.",
    "For such a day you noted: {{ plan }}",
    "Perhaps something simple will do.",
    "The address and everything else you need stand on the page.",
    "Only if you feel like it: a line is plenty, and nobody counts. You are not asked again.",
    "Thank you for having been ready to help.",
    "Does it still suit you? If not, give it back on its page, with no hard feelings.",
    "You get this because you said that you may be asked if somebody drops out.",
    "Thank you for being ready",
    "{{ words }}: {{ what }}, for {{ name }}",
    "{{ words }}: {{ name }} ({{ what }})",
    "{{ words }}: {{ name }}",
    "{{ words }}, for {{ name }}",
    "(until now: {{ old }})",
    "The reason: {{ reason }}",
    "It is about: {{ time }}.",
    "It is about: {{ time }}, for {{ asker }}.",
    "Decide",
    "Let them come all the same, and they see what they need; or free the place, and they are told that they are not "
    "needed.",
    "For {{ asker }}. Before: {{ old_time }}. Now: {{ time }}.",
    "The place at the time before is open again.",
    "You get this because it is about something you asked for, or keep the circle of.",
    "{{ time }}, for {{ asker }}: {{ count }} come, instead of {{ was }}.",
    "{{ new }} (until now: {{ old }})",
    "{{ new }} (this is new)",
    "nothing any more (until now: {{ old }})",
    "changed, see the page",
    *("Still on:", "Running late:", "I can’t:", "Answer", "Say thanks", "See the details", "See who comes"),
    *(
        "Say how it went",
        "See what you promised",
        "See what else is needed",
        "See what is open",
        "Go to SupportNet",
    ),
    *("Say yes or not this time", "See everything you need", "See what changed"),
}
SENTENCES_OF = {kind.name: sentences_of(kind.name) for kind in kinds.all_kinds() if is_about_facts(kind)}
