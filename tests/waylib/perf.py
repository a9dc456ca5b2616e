# SPDX-License-Identifier: GPL-2.0-or-later
"""perf: what the kernel says when it frees a packet that this thread sent.

Packets pass veth within the system call that sends them, so that the tracepoint
kfree_skb, counted for this thread alone, tells of them and hardly of others.
Behind a timer (a neighbour, fragments) it tells nothing.
"""
import ctypes
import mmap
import os
import platform
import re
import struct

NUMBERS = {'x86_64': 298, 'aarch64': 241}
TRACEPOINT, SAMPLE_RAW, RECORD_SAMPLE = 2, 1 << 10, 9
PAGES = 16
HEAD, TAIL = 1024, 1032


class Drops:
    """The reasons, in the order in which they came; None: not for this user."""

    def __init__(self, tracefs):
        where = tracefs + '/events/skb/kfree_skb/'
        with open(where + 'format') as file:
            text = file.read()
        found = re.search(r'\breason;\s*offset:(\d+)', text)
        self.offset = int(found.group(1))
        self.names = {int(number): name for number, name in re.findall(
            r'\{\s*(\d+),\s*"(\w+)"\s*\}', text)}
        with open(where + 'id') as file:
            self.fd = self.open(int(file.read()))
        size = mmap.PAGESIZE
        self.ring = mmap.mmap(self.fd, (1 + PAGES) * size)
        self.size = PAGES * size

    @staticmethod
    def open(number):
        # type, size, config, sample_period, sample_type
        attributes = struct.pack('IIQQQ', TRACEPOINT, 128, number, 1,
                                 SAMPLE_RAW).ljust(128, b'\0')
        libc = ctypes.CDLL(None, use_errno=True)
        fd = libc.syscall(NUMBERS[platform.machine()],
                          ctypes.create_string_buffer(attributes, 128), 0, -1,
                          -1, 0)
        if fd < 0:
            error = ctypes.get_errno()
            raise OSError(error, 'perf_event_open: ' + os.strerror(error))
        return fd

    def take(self):
        """Those since it was last asked."""
        head, = struct.unpack_from('Q', self.ring, HEAD)
        tail, = struct.unpack_from('Q', self.ring, TAIL)
        reasons = []
        while tail < head:
            kind, _, size = struct.unpack('IHH', self.bytes(tail, 8))
            if kind == RECORD_SAMPLE:
                raw = self.bytes(tail + 12, size - 12)
                number, = struct.unpack_from('I', raw, self.offset)
                reasons.append(self.names.get(number, str(number)))
            tail += size
        struct.pack_into('Q', self.ring, TAIL, tail)
        return reasons

    def bytes(self, at, count):
        begin = at % self.size
        data = self.ring[mmap.PAGESIZE:]
        return (data[begin:] + data[:begin])[:count] if \
            begin + count > self.size else data[begin:begin + count]


def drops(tracefs):
    """None where there is no tracepoint, or no leave to see it."""
    try:
        return Drops(tracefs)
    except OSError:
        return None
