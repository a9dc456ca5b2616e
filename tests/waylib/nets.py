# SPDX-License-Identifier: GPL-2.0-or-later
"""nets: network namespaces, their counters, and the listeners of queues."""
import ctypes
import os
import socket
import struct
import subprocess
from contextlib import contextmanager

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PATHS = {}      # name -> a descriptor


def know(name, path):
    PATHS[name] = os.open(path, os.O_RDONLY)


def enter(fd):
    if LIBC.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


@contextmanager
def inside(name):
    """What is opened or started meanwhile belongs to that namespace."""
    back = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
    enter(PATHS[name])
    try:
        yield
    finally:
        enter(back)
        os.close(back)


def command(name, words, check=True, text=None):
    """A shell's words in a namespace; its status and what it said."""
    with inside(name):
        done = subprocess.run(['bash', '-c', words], input=text, text=True,
                              capture_output=True)
    if check and done.returncode:
        raise RuntimeError('%s: %s: %s' % (
            name, words.splitlines()[0], ' '.join(done.stderr.split())))
    return done.returncode, done.stdout


def is_given_up(name, address):
    """Whether that neighbour has failed, or failed so long ago that it is gone."""
    _, shown = command(name, 'ip neigh show to ' + address)
    return not shown or 'FAILED' in shown


def read_pairs(text, into):
    """/proc/net/snmp: a line of names, a line of numbers."""
    lines = text.splitlines()
    for names, numbers in zip(lines[::2], lines[1::2]):
        kind, *names = names.split()
        prefix = kind[:-1]
        for name, number in zip(names, numbers.split()[1:]):
            into[prefix + name] = int(number)


def counters(name):
    """All that it counts: by nstat's names, conntrack's, and xfrm's."""
    found = {}
    with inside(name):
        for path in ('/proc/net/snmp', '/proc/net/netstat'):
            with open(path) as file:
                read_pairs(file.read(), found)
        with open('/proc/net/snmp6') as file:
            for line in file:
                key, value = line.split()
                found[key] = int(value)
        with open('/proc/net/stat/nf_conntrack') as file:
            keys, *rows = [line.split() for line in file]
            for at, key in enumerate(keys):
                found['conntrack.' + key] = sum(int(row[at], 16)
                                                for row in rows)
        with open('/proc/net/xfrm_stat') as file:
            for line in file:
                key, value = line.split()
                found[key] = int(value)
    return found


def attribute(kind, data):
    size = 4 + len(data)
    return struct.pack('HH', size, kind) + data + b'\0' * (-size % 4)


def message(kind, queue, body, flags=1):
    data = struct.pack('!BBH', 0, 0, queue) + body
    return struct.pack('IHHII', 16 + len(data), 3 << 8 | kind, flags, 1,
                       0) + data


class GroupRoute:
    """Multicast routing, while it lives: what comes in by one device, out by others."""
    INIT, ADD_VIF, ADD_ROUTE = 200, 202, 204    # linux/mroute.h, linux/mroute6.h

    def __init__(self, namespace, family):
        self.six = family == 6
        self.devices = []
        kind, proto = (socket.AF_INET6, 58) if self.six else (socket.AF_INET, 2)
        with inside(namespace):
            self.socket = socket.socket(kind, socket.SOCK_RAW, proto)
        self.set(self.INIT, struct.pack('i', 1))

    def set(self, option, value):
        self.socket.setsockopt(41 if self.six else 0, option, value)

    def number(self, namespace, device):
        """Of a device among those that take part."""
        if device not in self.devices:
            with inside(namespace):
                index = socket.if_nametoindex(device)
            at = len(self.devices)
            self.set(self.ADD_VIF, struct.pack('HBBH2xI', at, 0, 1, index, 0)
                     if self.six else
                     struct.pack('HBBIiI', at, 8, 1, 0, index, 0))
            self.devices.append(device)
        return self.devices.index(device)

    def add(self, source, group, into, outs):
        """By the numbers of devices; what has a ttl of 1 goes nowhere."""
        if self.six:
            bits = struct.pack('32s', sum(1 << o for o in outs).to_bytes(32, 'little'))
            value = b''.join(struct.pack('HHI16sI', 10, 0, 0, socket.inet_pton(
                socket.AF_INET6, a), 0) for a in (source, group))
            value += struct.pack('H2x', into) + bits
        else:
            ttls = bytes(1 if n in outs else 0 for n in range(32))
            value = struct.pack('4s4sH32s2xIIIi', socket.inet_aton(source),
                                socket.inet_aton(group), into, ttls, 0, 0, 0, 0)
        self.set(self.ADD_ROUTE, value)


class Queue:
    """A listener on an NFQUEUE: accepts, drops or holds what it is given."""
    VERDICTS = {'accept': 1, 'drop': 0, 'hold': None}

    def __init__(self, namespace, number, verdict, longest=0):
        with inside(namespace):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.number, self.verdict = number, self.VERDICTS[verdict]
        self.held = 0
        self.ask(attribute(1, struct.pack('!BBH', 1, 0, 2)))
        self.ask(attribute(2, struct.pack('!IB', 0xffff, 1)))
        if longest:
            self.ask(attribute(3, struct.pack('!I', longest)))
        self.socket.setblocking(False)

    def ask(self, body):
        self.socket.send(message(2, self.number, body, 5))
        answer = self.socket.recv(4096)
        error = struct.unpack('i', answer[16:20])[0]
        if error:
            raise OSError(-error, 'queue %d' % self.number)

    def fileno(self):
        return self.socket.fileno()

    def take(self):
        try:
            data = self.socket.recv(70000)
        except BlockingIOError:
            return
        number = struct.unpack('!I', data[24:28])[0]
        self.held += 1
        if self.verdict is not None:
            self.socket.send(message(1, self.number, attribute(
                2, struct.pack('!II', self.verdict, number))))

    def close(self):
        self.socket.close()


class Filter:
    """A socket's filter that returns 0: nothing passes."""

    def __init__(self):
        self.code = ctypes.create_string_buffer(
            struct.pack('HBBI', 0x06, 0, 0, 0))
        self.program = struct.pack('HxxxxxxP', 1, ctypes.addressof(self.code))
