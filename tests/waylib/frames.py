# SPDX-License-Identifier: GPL-2.0-or-later
"""frames: packets as bytes: made with a key that is found again, and read."""
import re
import socket
import struct

TOKEN = re.compile(rb'way(\d{5})\.')
UDP, TCP, ICMP, ICMP6, FRAGMENT, LITE = 17, 6, 1, 58, 44, 136
FLAGS = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16}
ERRORS = {4: (3, 4, 5, 11, 12), 6: (1, 2, 3, 4)}


def token(key, size=0):
    """Data that says which packet this is, at least size bytes."""
    return (b'way%05d.' % key).ljust(size, b'.')


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packed(address):
    return socket.inet_pton(
        socket.AF_INET6 if ':' in address else socket.AF_INET, address)


def pseudo(src, dst, proto, length):
    return packed(src) + packed(dst) + struct.pack('!II', length, proto)


def udp(f, data):
    head = struct.pack('!HHHH', f['sport'], f['dport'], 8 + len(data), 0)
    body = head + data
    value = checksum(pseudo(f['src'], f['dst'], UDP, len(body)) + body)
    if f.get('badsum'):
        value ^= 0x5555
    return body[:6] + struct.pack('!H', value or 0xffff) + data


def udplite(f, data):
    """All of it in the checksum."""
    head = struct.pack('!HHHH', f['sport'], f['dport'], 8 + len(data), 0)
    body = head + data
    value = checksum(pseudo(f['src'], f['dst'], LITE, len(body)) + body)
    return body[:6] + struct.pack('!H', value or 0xffff) + data


def tcp(f, data):
    flags = sum(FLAGS[c] for c in f.get('flags', 'S'))
    head = struct.pack('!HHIIBBHHH', f['sport'], f['dport'], f.get('seq', 1),
                       f.get('ack', 0), f.get('doff', 5) << 4, flags, 8192,
                       0, 0)
    body = head + data
    value = checksum(pseudo(f['src'], f['dst'], TCP, len(body)) + body)
    if f.get('badsum'):
        value ^= 0x5555
    return body[:16] + struct.pack('!H', value) + body[18:]


def icmp(f, data):
    kind = f.get('type', 8 if f['family'] == 4 else 128)
    body = struct.pack('!BBHHH', kind, f.get('code', 0), 0, f['key'], 1) + data
    if f['family'] == 4:
        value = checksum(body) ^ (0x5555 if f.get('badsum') else 0)
        return body[:2] + struct.pack('!H', value) + body[4:]
    value = checksum(pseudo(f['src'], f['dst'], ICMP6, len(body)) + body)
    return body[:2] + struct.pack('!H', value) + body[4:]


TRANSPORTS = {'udp': (udp, UDP, UDP), 'tcp': (tcp, TCP, TCP),
              'icmp': (icmp, ICMP, ICMP6),
              'udplite': (udplite, LITE, LITE),
              'raw': (lambda f, data: data, 253, 253)}


def ip4(f, proto, body):
    options = bytes.fromhex(f.get('options', ''))
    words = 5 + len(options) // 4
    offset = f.get('offset', 0)
    offset |= 0x4000 if f.get('df') else 0
    offset |= 0x2000 if f.get('more') else 0
    head = struct.pack('!BBHHHBBH', 4 << 4 | words, 0, words * 4 + len(body),
                       f['key'], offset, f.get('ttl', 64), proto, 0)
    head += packed(f['src']) + packed(f['dst']) + options
    value = checksum(head) ^ (0x5555 if f.get('badhead') else 0)
    return head[:10] + struct.pack('!H', value) + head[12:] + body


def ip6(f, proto, body):
    if 'offset' in f or f.get('more'):
        part = f.get('offset', 0) << 3 | bool(f.get('more'))
        body = struct.pack('!BBHI', proto, 0, part, f['key']) + body
        proto = FRAGMENT
    if f.get('hops'):                     # an extension for each hop, of padding
        body = struct.pack('!BBBB4x', proto, 0, 1, 4) + body
        proto = 0
    return struct.pack('!IHBB', 6 << 28 | f['key'], len(body), proto,
                       f.get('ttl', 64)) + packed(f['src']) + \
        packed(f['dst']) + body


def build(f):
    """The IP packet of a row of fields."""
    make, four, six = TRANSPORTS[f['proto']]
    body = make(f, token(f['key'], f.get('size', 0)))
    if 'slice' in f:                      # of a longer one: this fragment
        begin, end = f['slice'].split(':')
        body = body[int(begin):int(end) if end else None]
    if 'cut' in f:
        body = body[:f['cut']]
    proto = f.get('number', four if f['family'] == 4 else six)
    return (ip4 if f['family'] == 4 else ip6)(f, proto, body)


class Seen:
    """What a packet's bytes say of it."""

    def __init__(self, data, whole=True):
        self.family = data[0] >> 4 if data else 0
        self.ident = self.proto = self.sport = self.dport = self.echo = None
        self.error = self.flags = self.seq = None
        rest = {4: self.read4, 6: self.read6}.get(self.family, lambda d: b'')(
            data)
        self.read_transport(rest)
        found = TOKEN.search(data) if whole else None
        self.token = int(found.group(1)) if found else None

    def read4(self, data):
        if len(data) < 20:
            return b''
        self.ident, offset = struct.unpack('!HH', data[4:8])
        self.proto = data[9]
        return b'' if offset & 0x1fff else data[(data[0] & 15) * 4:]

    def read6(self, data):
        if len(data) < 40:
            return b''
        self.ident = struct.unpack('!I', data[:4])[0] & 0xfffff
        self.proto, rest = data[6], data[40:]
        if self.proto == FRAGMENT and len(rest) >= 8:
            self.proto, part = rest[0], struct.unpack('!H', rest[2:4])[0]
            rest = b'' if part >> 3 else rest[8:]
        elif self.proto == 0 and len(rest) >= 8:
            self.proto, rest = rest[0], rest[(rest[1] + 1) * 8:]
        return rest

    def read_transport(self, rest):
        if self.proto in (UDP, TCP, LITE) and len(rest) >= 4:
            self.sport, self.dport = struct.unpack('!HH', rest[:4])
        if self.proto == TCP and len(rest) >= 14:
            self.seq, self.flags = struct.unpack('!I', rest[4:8])[0], rest[13]
        if self.proto in (ICMP, ICMP6) and len(rest) >= 8:
            kind, code = rest[0], rest[1]
            if kind in ERRORS[self.family]:
                self.error = '%d/%d' % (kind, code)
            elif kind in (8, 0, 128, 129):
                self.echo = 'request' if kind in (8, 128) else 'reply'
                self.ident_echo = struct.unpack('!H', rest[4:6])[0]
