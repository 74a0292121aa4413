"""Connections: none may hold a place, or a thread, for longer than the settings allow.

waitress reads and writes all connections in one loop and gives threads to whole requests only. It
lacks what a public server needs, which is added here: a limit of time for a request to be complete
and for an answer to be taken, room for a new connection when all places are occupied by waiting
ones, and an end that finishes the answers under way.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import logging
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from index.model.settings import Settings
from webui.serving.request_line import RequestParser

__all__ = ["Listener", "Server", "bound", "refuse_new"]

LOG = logging.getLogger("gongkai")

# Seconds between two looks at all connections.
LOOK_INTERVAL_S = 1.0
# An answer of which so much waits to be taken keeps its thread; a page is far below it.
MAX_WAITING_BYTES = 16 << 20
# What a stopping server still waits for, in seconds: a request that follows on a connection at
# once, and the rest of one that has begun to come.
FOLLOWING_S = 0.5
REST_S = 2.0
# Connections that the system holds until they are accepted.
BACKLOG = 1024
# What stays for files: 15 for the libraries, 2 for each segment of the open and of a new index.
RESERVED_DESCRIPTORS = 128
# Even where the limit of open files leaves no room.
LEAST_PLACES = 4
# Linux: the option that puts a packet filter before a socket, and the filter that lets nothing
# through, one instruction of the classic BPF (return 0).
SO_ATTACH_FILTER = 26
DROP_ALL = struct.pack("HBBI", 6, 0, 0, 0)
# This process, or the whole system, has no descriptor left for another connection.
NO_DESCRIPTOR_LEFT = (errno.EMFILE, errno.ENFILE)


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection, with the times by which it is judged, in seconds of the monotonic clock."""

    parser_class = RequestParser

    def __init__(self, *arguments: Any, **named: Any) -> None:
        now = time.monotonic()
        # since when a whole request is waited for; when an answer began; when some of it was taken
        self.waiting_since = now
        self.began = now
        self.taken = now
        super().__init__(*arguments, **named)

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is answered on it and nothing is left to send."""
        return not self.requests and not self.total_outbufs_len

    def is_overdue(self, now: float, settings: Settings) -> bool:
        """Whether it has held its place for too long."""
        if self.is_waiting:
            return now - self.waiting_since > settings.idle_seconds
        if not self.total_outbufs_len:
            # a thread is at work, or none is free: the budget of the request ends that
            return False
        is_stuck = now - self.taken > settings.idle_seconds
        return is_stuck or now - self.began > settings.export_seconds

    def is_over(self, now: float) -> bool:
        """Whether a stopping server need not wait for it."""
        if not self.is_waiting:
            return False
        waited = now - self.waiting_since
        return waited > (FOLLOWING_S if self.request is None else REST_S)

    def service(self) -> None:
        """Answer one request; the last one says so where the server is stopping."""
        self.began = self.taken = time.monotonic()
        if self.server.is_stopping:
            self.requests[0].headers["CONNECTION"] = "close"
        super().service()
        self.waiting_since = time.monotonic()

    def write_soon(self, data: Any) -> int:
        """Take a part of an answer; waits while too much of it is not taken by the client."""
        if not self.total_outbufs_len:
            self.taken = time.monotonic()
        written: int = super().write_soon(data)
        return written

    def _flush_some(self, *arguments: Any, **named: Any) -> bool:
        is_sent: bool = super()._flush_some(*arguments, **named)
        if is_sent:
            self.taken = time.monotonic()
        return is_sent


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """Accepts the connections of one listening socket."""

    channel_class = Connection
    is_stopping = False
    # Connections at a time.
    places = 0
    # Until when nothing is accepted: no descriptor is left, and no connection can be closed.
    paused_until = 0.0
    settings: Settings

    def readable(self) -> bool:
        """Whether a connection can be accepted: a place is free, or one can be freed."""
        if not self.accepting or time.monotonic() < self.paused_until:
            return False
        return self._has_room() or self._longest_waiting() is not None

    def _has_room(self) -> bool:
        return len(self.active_channels) < self.places

    def _longest_waiting(self) -> Connection | None:
        waiting = [c for c in self.active_channels.values() if c.is_waiting]
        return min(waiting, key=lambda c: c.waiting_since, default=None)

    def handle_accept(self) -> None:
        """Accept one connection, in place of the one that has waited longest if need be."""
        if not self._has_room():
            self._free_place()
        super().handle_accept()

    def accept(self) -> Any:
        """The next connection and its address, or None where none can be had now."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in NO_DESCRIPTOR_LEFT:
                raise
            # the connection stays in the queue of the system, and is accepted in a later turn
            if not self._free_place():
                self.paused_until = time.monotonic() + LOOK_INTERVAL_S
            return None

    def _free_place(self) -> bool:
        """Close the connection that has waited longest. Whether there was one."""
        longest = self._longest_waiting()
        if longest is not None:
            longest.handle_close()
        return longest is not None

    def close_overdue(self) -> None:
        """Close the connections that have held their places for too long."""
        now = time.monotonic()
        for connection in list(self.active_channels.values()):
            if connection.is_overdue(now, self.settings):
                # also wakes the thread that waits to write on it
                connection.handle_close()

    def stop_accepting(self) -> None:
        """Take what the system has accepted already, then leave the listening socket."""
        for _ in range(BACKLOG):
            ready, _, _ = select.select([self.socket], [], [], 0)
            if not ready or not self.readable():
                break
            self.handle_accept()
        self.is_stopping = True
        self.accepting = False
        self.del_channel()
        self.socket.close()

    def close_finished(self) -> bool:
        """Close the connections that are over. Whether none is left."""
        now = time.monotonic()
        for connection in list(self.active_channels.values()):
            if connection.is_over(now):
                connection.handle_close()
        return not self.active_channels


class Server:
    """Answers the requests on some listening sockets until it is told to stop."""

    def __init__(
        self,
        app: Any,
        settings: Settings,
        sockets: list[socket.socket],
        *,
        is_alone: bool = False,
    ) -> None:
        """`is_alone`: no other process answers on the sockets when this one stops."""
        self.is_alone = is_alone
        adjustments = Adjustments(
            sockets=sockets,
            threads=settings.threads,
            backlog=BACKLOG,
            max_request_body_size=settings.max_body_mb << 20,
            outbuf_high_watermark=MAX_WAITING_BYTES,
            # the name and version of a server help nobody but an attacker
            ident=None,
        )
        self.settings = settings
        self.map: dict[int, Any] = {}
        self.tasks = ThreadedTaskDispatcher()
        self.tasks.set_thread_count(settings.threads)
        self.listeners = [self._listener(app, adjustments, own) for own in sockets]
        self._is_told_to_stop = False

    def _listener(
        self, app: Any, adjustments: Adjustments, own: socket.socket
    ) -> Listener:
        described = (own.family, own.type, own.proto, own.getsockname())
        listener = Listener(
            app,
            self.map,
            _sock=own,
            dispatcher=self.tasks,
            adj=adjustments,
            sockinfo=described,
            bind_socket=False,
        )
        listener.settings = self.settings
        listener.places = connection_places(self.settings)
        return listener

    def stop(self) -> None:
        """Finish the answers under way and return from `run`; a signal handler may call it."""
        self._is_told_to_stop = True
        self.listeners[0].pull_trigger()

    def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Answer until `stop`; `beat` is called about once a second while all is well."""
        next_look = 0.0
        while not self._is_told_to_stop:
            self._turn()
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + LOOK_INTERVAL_S
                for listener in self.listeners:
                    listener.close_overdue()
                beat()
        self._finish()

    def _turn(self, seconds: float = LOOK_INTERVAL_S) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self.map, count=1)

    def _finish(self) -> None:
        """Finish the answers under way, within the time of the settings."""
        deadline = time.monotonic() + self.settings.stop_seconds
        for listener in self.listeners:
            if self.is_alone:
                refuse_new(listener.socket)
            listener.stop_accepting()
        while time.monotonic() < deadline:
            self._turn(0.1)
            # every listener closes what it can, so all are asked
            finished = [listener.close_finished() for listener in self.listeners]
            if all(finished):
                break
        self.tasks.shutdown(timeout=1)
        wasyncore.close_all(self.map)


def connection_places(settings: Settings) -> int:
    """How many connections may be open: as the settings say, or as the system leaves room for.

    Answering takes descriptors too: files of a new generation, templates, folders that are looked
    at. The soft limit is raised as far as this process may.
    """
    if sys.platform == "win32":
        # no such limit
        return settings.connections
    import resource  # noqa: PLC0415

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return settings.connections
    wanted = settings.connections + RESERVED_DESCRIPTORS
    if soft < wanted:
        is_limited = hard != resource.RLIM_INFINITY
        soft = min(wanted, hard) if is_limited else wanted
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    places = min(settings.connections, soft - RESERVED_DESCRIPTORS)
    if places < settings.connections:
        LOG.warning(
            "room for %d connections, not %d: raise the limit of open files (ulimit -n)",
            max(places, LEAST_PLACES),
            settings.connections,
        )
    return max(places, LEAST_PLACES)


def refuse_new(own: socket.socket) -> None:
    """Stop the system from completing new connections on a listening socket, before it is closed.

    Without this, the system may accept a connection after the server's last `accept` and before
    `close`. Closing the socket would reset that connection, and its request would be lost. A packet
    filter on the socket prevents it: clients that connect later are refused and can try another
    server. Only Linux has such filters; elsewhere a short gap remains.
    """
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(DROP_ALL)
    described = struct.pack("HP", 1, ctypes.addressof(program))
    with contextlib.suppress(OSError):
        own.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, described)


def bound(settings: Settings) -> list[socket.socket]:
    """The listening sockets: one for each address that the host's name stands for.

    Raises OSError when one cannot be had.
    """
    flags = socket.AI_PASSIVE
    found = socket.getaddrinfo(
        settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=flags
    )
    sockets = []
    port = settings.port
    for family, _, _, _, address in dict.fromkeys(found):
        # with --port 0 the first address chooses, the others take the same
        place = (address[0], port, *address[2:])
        own = socket.create_server(
            place, family=family, backlog=BACKLOG, reuse_port=False
        )
        own.setblocking(False)
        port = own.getsockname()[1]
        sockets.append(own)
    return sockets
