"""Two processes deliver: against two that only render and send what was given to them."""

import multiprocessing
import statistics
import time

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.mail import get_connection
from django.db import connections
from django.utils import timezone

from circles.models import Person
from requests.models import HelpRequest, Wave
from supportnet.notices import rendering
from supportnet.notices.delivery import deliver
from supportnet.notices.kinds import find
from supportnet.notices.models import Notice
from tests.smtp import free_port

from .measuring import say
from .world import welcome

KIND = "wave_opened"
PROCESSES = 2
fork = multiprocessing.get_context("fork")


def measure(world, asked, rounds=3):
    """A request's members told, ours and bare in turn."""
    members = 200 if asked.quick else 1000
    sink = _open_sink()
    seconds = {_deliver: [], _render_and_send: []}
    try:
        for _ in range(rounds):
            for work, seen in seconds.items():
                _queue(world, members)
                seen.append(_in_processes(work))
                _check(members, sent=work is _deliver)
    finally:
        sink.terminate()
    ours, bare = (statistics.median(seen) for seen in seconds.values())
    figures = {"mails_a_second": members / ours, "bare_mails_a_second": members / bare}
    say("delivery by 2 processes: speed, times bare render + send", bare / ours, at_least=0.8, **figures)
    say(f"telling {members} members: seconds", ours, at_most=5 * members / 1000)


def _open_sink():
    """A mail server in a process of its own that takes everything."""
    port = free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    process = fork.Process(target=_take_mail, args=(port,), daemon=True)
    process.start()
    time.sleep(1)
    return process


class Taker:
    """Takes mail and forgets it."""

    async def handle_DATA(self, server, session, envelope):
        """Thank you."""
        return "250 OK"


def _take_mail(port):
    Controller(Taker(), hostname="127.0.0.1", port=port).start()
    while True:
        time.sleep(60)


def _queue(world, members):
    """Nobody sleeps here, and everybody hears at once."""
    Notice.objects.all().delete()
    people = welcome().filter(memberships__circle=world.big, memberships__ring=3)[:members]
    Person.objects.filter(pk__in=[person.pk for person in people]).update(
        quiet_from="00:00", quiet_until="00:00"
    )
    help_request = _seen_by_all(world.big, at=timezone.now())
    for person in people:
        person.memberships.filter(circle=world.big).update(hears="at_once")
    pairs = [(help_request, person) for person in people]
    Notice.objects.queue_all(KIND, pairs, at=timezone.now())
    Notice.objects.update(try_at=timezone.now(), due_at=timezone.now())


def _seen_by_all(circle, *, at):
    """An open request whose outermost wave has opened, asked by one of those from whom nobody keeps anything."""
    waves = Wave.objects.filter(circle=circle, ring=3, opened_at__lte=at)
    asked = HelpRequest.objects.open().filter(waves__in=waves, posted_by__in=welcome(), consent=None)
    return asked.order_by("-pk")[0]


def _check(members, *, sent):
    found = Notice.objects.sent().count() if sent else Notice.objects.waiting().count()
    reasons = set(Notice.objects.values_list("dropped_because", "error"))
    assert found == members, f"{found} of {members}: {reasons}"


def _in_processes(work):
    """Seconds until the last of the processes is through."""
    connections.close_all()
    line = fork.Barrier(PROCESSES + 1)
    processes = [fork.Process(target=_ready, args=(work, number, line)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    line.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    return time.perf_counter() - started


def _ready(work, number, line):
    share = _share(number)
    line.wait()
    work(share)
    connections.close_all()


def _share(number):
    """Every second notice with its cause, for those who need not ask for it."""
    notices = list(Notice.objects.select_related("reader").order_by("pk"))[number::PROCESSES]
    causes = find(KIND).causes({notice.cause_id for notice in notices})
    return [(notice, causes[notice.cause_id]) for notice in notices]


def _deliver(share):
    deliver(at=timezone.now())


def _render_and_send(share):
    connection = get_connection()
    connection.open()
    for notice, cause in share:
        letter = rendering.compose(find(KIND), [notice], [cause], at=timezone.now())
        connection.send_messages([letter])
    connection.close()
