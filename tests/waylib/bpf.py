# SPDX-License-Identifier: GPL-2.0-or-later
"""bpf: programs of two instructions that drop all, at a device or at a hook."""
import ctypes
import os
import platform
import struct

NUMBERS = {'x86_64': 321, 'aarch64': 280}
PROG_LOAD, LINK_CREATE = 5, 28
XDP, XDP_LINK, XDP_DROP = 6, 37, 1
NETFILTER, NETFILTER_LINK, NF_DROP = 32, 45, 0


class Lacking(Exception):
    """Not on this machine, or not by who runs this."""


def call(command, attributes):
    """The descriptor that bpf(2) gives."""
    buffer = ctypes.create_string_buffer(attributes.ljust(144, b'\0'), 144)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(NUMBERS[platform.machine()], command, buffer, 144)
    if fd < 0:
        error = ctypes.get_errno()
        raise Lacking('no such BPF program: ' + os.strerror(error))
    return fd


def load(kind, value, attach=0):
    """return value;"""
    code = ctypes.create_string_buffer(
        struct.pack('<BBhiBBhi', 0xb7, 0, 0, value, 0x95, 0, 0, 0), 16)
    licence = ctypes.create_string_buffer(b'GPL')
    head = struct.pack('IIQQIIQII', kind, 2, ctypes.addressof(code),
                       ctypes.addressof(licence), 0, 0, 0, 0, 0)
    # expected_attach_type stands behind name[16] and ifindex.
    return call(PROG_LOAD, head + bytes(16) + struct.pack('II', 0, attach))


class Link:
    """It lasts as long as its descriptor."""

    def __init__(self, fd):
        self.fd = fd

    def close(self):
        os.close(self.fd)


def drop_at_device(index):
    program = load(XDP, XDP_DROP)
    return Link(call(LINK_CREATE, struct.pack('IIII', program, index,
                                              XDP_LINK, 0)))


def drop_at_hook(family, hook, priority=10):
    program = load(NETFILTER, NF_DROP, NETFILTER_LINK)
    return Link(call(LINK_CREATE, struct.pack(
        'IIIIIIiI', program, 0, NETFILTER_LINK, 0,
        2 if family == 4 else 10, hook, priority, 0)))
