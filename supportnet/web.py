"""The web server: gunicorn keeps the processes, waitress the connections.

A request takes a thread only once it has arrived in full, and an answer is handed over in full, so that whoever
sends or reads slowly costs nobody else anything, with or without a proxy that buffers
(docs/decisions/0012-a-request-arrives-before-it-is-read.md). Used by `manage.py run` and by `deploy/` alike.
"""

import os
import resource
import select
import socket
import sys
import time
from contextlib import suppress
from io import BytesIO

from django.conf import settings
from gunicorn.workers import base
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ThreadedTaskDispatcher

from supportnet.web_channel import BYTES_IN_MEMORY, Channel

# With a port, in contrast to a socket in the file system.
TCP = (socket.AF_INET, socket.AF_INET6)

# Gunicorn's settings, wherever it runs. Processes do the work; the second thread is for when one waits.
GUNICORN = {
    "worker_class": "supportnet.web.Worker",
    "threads": 2,
    "preload_app": True,
    "control_socket_disable": True,
    # A page that takes longer ends its process; between one and two of these pass until then.
    "timeout": 30,
    "loglevel": "warning",
}
# At once, in each process; `allow_many_files` asks for three files for each.
CONNECTIONS = 500
# Of one request's first line and headers together; beyond this the answer is 431.
HEADER_BYTES = 32 * 1024
# What is larger than Django takes is thrown away as it comes, to be answered in words; beyond this it is cut off.
MOST_BYTES_THROWN_AWAY = 32 * 1024 * 1024
# From the opening of a connection to the last byte of its request; less when over half the places are taken.
SECONDS_TO_ARRIVE = 60
SECONDS_TO_ARRIVE_IN_A_CROWD = 10
# How long a connection waits for a free process before a busy one looks what it wants.
SECONDS_TO_WAIT = 0.1
# Answered even while all threads are busy.
HEALTH = "/healthz"


class Server:
    """Accepts a connection only while a thread is free, so that an idle process takes what a busy one cannot.

    Where all processes are busy for a while, each looks who waits: /healthz is answered by a thread of its own, and
    everybody else is handed over to whichever process is free first.
    """

    channel_class = Channel
    headers = ()
    handover = reserve = waiting_since = None

    @property
    def channels(self):
        """The open connections of this process."""
        return channels_in(self._map)

    def has_room(self):
        """Whether a thread is free."""
        return sum(bool(channel.requests) for channel in self.channels) < self.adj.threads

    def readable(self):
        """Whether to accept one more connection now."""
        return super().readable() and self.has_room()

    def handle_accept(self):
        """Somebody has come; whoever was handed over has waited longer."""
        if not self.handover.take_one() and self.has_room():
            self.take_in(self.accept())

    def take_in(self, accepted):
        """Read what the other side wants. `accepted` is a connection and its address, or nothing."""
        if accepted:
            connection, address = accepted
            with suppress(OSError):  # gone already
                self.set_socket_options(connection)
                self.channel_class(self, connection, self.fix_addr(address), self.adj, map=self._map)

    def add_task(self, channel):
        """Make a page in one of the threads; say that we live though all of them are busy."""
        request = channel.requests[0]
        is_health = not request.error and request.path == HEALTH  # what is no request has no path
        (self.reserve if is_health else self.task_dispatcher).add_task(channel)

    def look_who_waits(self, now):
        """Once somebody has waited in vain."""
        if not self.accepting or self.has_room() or not select.select([self.socket], [], [], 0)[0]:
            self.waiting_since = None
        elif self.waiting_since is None:
            self.waiting_since = now
        elif now - self.waiting_since >= SECONDS_TO_WAIT:
            while len(self._map) < CONNECTIONS and (accepted := self.accept()):
                if asks_for_health(accepted[0]) or not self.handover.give(self, accepted[0]):
                    self.take_in(accepted)

    def maintenance(self, now):
        """Every second: close the connections that have had their time."""
        channels = self.channels
        crowded = len(channels) > CONNECTIONS // 2
        patience = SECONDS_TO_ARRIVE_IN_A_CROWD if crowded else SECONDS_TO_ARRIVE
        for channel in channels:
            if channel.is_too_slow(now, patience):
                channel.handle_close()


class TcpServer(Server, TcpWSGIServer):
    """On a port."""


class UnixServer(Server, UnixWSGIServer):
    """On a socket in a folder."""


class Handover(wasyncore.dispatcher):
    """Connections that found every process busy, for whichever is free first. All processes hold both ends."""

    def __init__(self, ends, servers, connections):
        super().__init__(ends[0], map=connections)
        self.into, self.servers = ends[1], servers

    def readable(self):
        """Whether to take one more."""
        return all(server.accepting and server.has_room() for server in self.servers)

    def writable(self):
        """Never by way of the loop."""
        return False

    def handle_read(self):
        """Somebody was handed over."""
        if self.readable():
            self.take_one()

    def take_one(self):
        """Whether somebody was there, who is taken in now."""
        try:
            number, (file,), _flags, _address = socket.recv_fds(self.socket, 1, 1)
        except BlockingIOError:
            return False
        connection = socket.socket(fileno=file)
        with suppress(OSError):  # gone already
            self.servers[number[0]].take_in((connection, connection.getpeername()))
        return True

    def give(self, server, connection):
        """Whether it could be handed over; then it is no longer ours."""
        try:
            socket.send_fds(self.into, [bytes([self.servers.index(server)])], [connection.fileno()])
        except OSError:  # very many are on the way
            return False
        connection.close()
        return True


class Worker(base.Worker):
    """One web process under gunicorn's eye."""

    ends = None

    @classmethod
    def setup(cls):
        """Called by gunicorn before it starts the processes: what they hand connections over by."""
        if not cls.ends:
            cls.ends = socket.socketpair()
            for end in cls.ends:
                end.setblocking(False)

    def run(self):
        """Serve until told to end; then no new connections, and those that are open get their answer."""
        allow_many_files()
        connections = self.listen()
        while self.alive and self.ppid == os.getppid():
            self.turn(connections)
        for server in servers_in(connections):
            server.accepting = False
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while channels_in(connections) and time.monotonic() < deadline:
            self.turn(connections)

    def listen(self):
        """The open sockets, as waitress keeps them: by the number of their file."""
        connections, dispatcher, reserve = {}, ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        reserve.set_thread_count(1)
        headers = headers_of_every_answer(self.wsgi)
        for listener in self.sockets:
            adjustments = adjust(listener.sock, self.cfg)
            kind = TcpServer if listener.sock.family in TCP else UnixServer
            # The address is bound already: waitress wants to hear of it all the same.
            where = (
                listener.sock.family,
                listener.sock.type,
                listener.sock.proto,
                listener.sock.getsockname(),
            )
            server = kind(
                self.wsgi,
                connections,
                True,
                listener.sock,
                dispatcher=dispatcher,
                adj=adjustments,
                sockinfo=where,
                bind_socket=False,
            )
            server.headers, server.reserve = headers, reserve
        handover = Handover(self.ends, servers_in(connections), connections)
        for server in handover.servers:
            server.handover = handover
        return connections

    def turn(self, connections):
        """Handle what has come, for half a second at most; say that we live unless a page has hung."""
        servers = servers_in(connections)
        patience = 0.5 if servers[0].has_room() else SECONDS_TO_WAIT
        wasyncore.loop(timeout=patience, use_poll=True, map=connections, count=1)
        for server in servers:
            server.look_who_waits(time.monotonic())
        hung = time.monotonic() - self.timeout
        if not any(channel.serving_since < hung for channel in channels_in(connections)):
            self.notify()


def channels_in(connections):
    """Connections to somebody, without the sockets on which we listen."""
    return [one for one in list(connections.values()) if isinstance(one, Channel)]


def servers_in(connections):
    """The sockets on which we listen."""
    return [one for one in connections.values() if isinstance(one, Server)]


def asks_for_health(connection):
    """Whether what has come from the other side begins like a question for /healthz; it stays to be read."""
    try:
        begun = connection.recv(32, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return False
    return begun.split(b" ")[1:2] == [HEALTH.encode()]


def adjust(listener, cfg):
    """Waitress's settings."""
    return Adjustments(
        sockets=[listener],
        threads=cfg.threads,
        backlog=cfg.backlog,
        connection_limit=CONNECTIONS,
        cleanup_interval=1,
        inbuf_overflow=BYTES_IN_MEMORY,
        outbuf_overflow=4 * BYTES_IN_MEMORY,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=MOST_BYTES_THROWN_AWAY,
        # How many proxies are believed is for Django to say, by the setting PROXIES.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
        ident=None,
    )


def allow_many_files():
    """As many open files as there may be connections, each with a file for its request and one for its answer."""
    wanted = 3 * CONNECTIONS + 100
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def headers_of_every_answer(app):
    """The security headers, as the app itself puts them on /healthz (which also readies it for its first page)."""
    found = []
    app(_environ_of_health(), lambda status, headers, exc_info=None: found.extend(headers)).close()
    # Named one by one, since "Content-Security-Policy" begins like them and has to stay.
    bodily = {"content-type", "content-length", "content-language", "vary"}
    return [(name, value) for name, value in found if name.lower() not in bodily]


def _environ_of_health():
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": HEALTH,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_X_FORWARDED_PROTO": "https" if settings.HTTPS else "http",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
