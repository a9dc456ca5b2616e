#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""packets: packets by chance for a ruleset, and near misses put right: one thing of a packet changed.

packets.py random RULES FAMILY COUNT SEED ROUTER   SIDE HEX a line
packets.py changed SENT JSON RESULT A B [MEMBER]   those of a run's near misses again, one thing
                                                   changed; RESULT gets which rule each is to meet,
                                                   A and B are the router's interfaces
packets.py send SIDE IFACE MAC                    those of a side, from standard input
packets.py judge RESULT JSON ALIVE                 what became of them: false ones, and a count; ALIVE:
                                                   nft -j list table inet alive
packets.py translated RESULT JSON                  the same of those of near_nat: was each translated?
"""
import ipaddress
import json
import random
import re
import socket
import struct
import sys
from collections import Counter

PROTO = {'tcp': 6, 'udp': 17, 'icmp': 1, 'ipv6-icmp': 58, 'icmpv6': 58, 'sctp': 132, 'udplite': 136,
         'esp': 50, 'ah': 51, 'gre': 47, 'igmp': 2, 'dccp': 33}


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Packet:
    """An IP packet without extensions, as bytes that can be changed and made sound again."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.v6 = data[0] >> 4 == 6
        self.l4 = 40 if self.v6 else (data[0] & 15) * 4
        self.addr = (8, 16) if self.v6 else (12, 4)

    @property
    def proto(self):
        return self.data[6 if self.v6 else 9]

    @proto.setter
    def proto(self, value):
        self.data[6 if self.v6 else 9] = value

    def address(self, which):
        at, size = self.addr
        at += size * which
        return ipaddress.ip_address(bytes(self.data[at:at + size]))

    def set_address(self, which, address):
        at, size = self.addr
        at += size * which
        self.data[at:at + size] = address.packed

    def port(self, which):
        return struct.unpack_from('>H', self.data, self.l4 + 2 * which)[0]

    def set_port(self, which, port):
        struct.pack_into('>H', self.data, self.l4 + 2 * which, port)

    def tag(self, number):
        """In a field that rules do not look at: IPv4's identification, IPv6's flow label."""
        if self.v6:
            struct.pack_into('>H', self.data, 2, number)
        else:
            struct.pack_into('>H', self.data, 4, number)

    def sound(self):
        """Checksums as they have to be: conntrack looks at them."""
        d, l4 = self.data, self.l4
        at = {6: l4 + 16, 17: l4 + 6, 1: l4 + 2, 58: l4 + 2, 136: l4 + 6}.get(self.proto)
        if at is not None and at + 2 <= len(d):
            at_addr, size = self.addr
            pseudo = bytes(d[at_addr:at_addr + 2 * size]) + struct.pack('>IHBB', len(d) - l4, 0, 0, self.proto)
            if self.proto == 1:
                pseudo = b''
            d[at:at + 2] = b'\0\0'
            struct.pack_into('>H', d, at, checksum(pseudo + bytes(d[l4:])) or 0xffff)
        if not self.v6:
            d[10:12] = b'\0\0'
            struct.pack_into('>H', d, 10, checksum(bytes(d[:l4])))
        return bytes(d)


def make(src, dst, proto, sport, dport, ttl=64, tos=0):
    if proto == 6:
        body = struct.pack('>HHIIBBHHH', sport, dport, 1000 + sport, 0, 5 << 4, 2, 65535, 0, 0)
    elif proto == 17:
        body = struct.pack('>HHHH', sport, dport, 8 + 8, 0)
    elif proto in (1, 58):
        body = struct.pack('>BBHHH', dport % 20 if proto == 1 else 128 + dport % 8, 0, 0, sport, 1)
    else:
        body = struct.pack('>HHII', sport, dport, 0, 0)
    body += bytes(8)
    if src.version == 6:
        head = struct.pack('>IHBB', 6 << 28 | tos << 20, len(body), proto, ttl)
    else:
        head = struct.pack('>BBHHHBBH', 0x45, tos, 20 + len(body), 0, 0, ttl, proto, 0)
    return Packet(head + src.packed + dst.packed + body)


def values(rules, option):
    return re.findall(r' %s ([^ ]+)' % option, rules)


def host_in(chance, net):
    """One of its hosts, that a packet may have."""
    try:
        n = ipaddress.ip_network(net, strict=False)
    except ValueError:
        return None
    a = n.network_address
    if n.num_addresses > 1:
        a += chance.randrange(1, min(n.num_addresses, 1 << 16))
    return None if a.is_loopback or a.is_multicast or a.is_unspecified or a.is_link_local else a


def hosts(chance, rules, option, version):
    found = [host_in(chance, v) for v in values(rules, option) for _ in range(2)]
    return [a for a in found if a is not None and a.version == version]


def ports(rules):
    found = set()
    for option in ('--dport', '--dports', '--sport', '--sports'):
        for v in values(rules, option):
            for p in re.split('[,:]', v):
                if p.isdigit():
                    found |= {int(p), min(int(p) + 1, 65535)}
    return sorted(found) + [9999]


def by_chance(path, version, count, seed, router):
    chance = random.Random(seed)
    rules = open(path, errors='replace').read()
    outside = ['10.7.0.%d', 'fd00:7::%x'][version == 6]
    anyone = [ipaddress.ip_address(outside % n) for n in range(3, 40)]
    srcs = hosts(chance, rules, '-s', version) or anyone
    dsts = hosts(chance, rules, '-d', version) or anyone
    seen = ports(rules)
    icmp = 58 if version == 6 else 1
    for n in range(count):
        proto = chance.choices((6, 17, icmp, 132, 47), (50, 35, 9, 3, 3))[0]
        src = chance.choice(srcs if chance.random() < .6 else anyone)
        dst = ipaddress.ip_address(router) if chance.random() < .4 else \
            chance.choice(dsts if chance.random() < .8 else anyone)
        dport = chance.choice(seen) if chance.random() < .8 else chance.randrange(1, 65536)
        p = make(src, dst, proto, 20000 + n % 40000, dport, chance.choice((64, 64, 3)),
                 chance.choice((0, 0, 0x10, 0xb8)))
        p.tag(n)
        print(chance.choice('aaab'), p.sound().hex())


def nearest(words, number):
    """Of "80,90:95" the number that is nearest."""
    best = None
    for part in words.split(','):
        low, _, high = part.partition(':')
        low, high = int(low), int(high or low)
        n = min(max(number, low), high)
        if best is None or abs(n - number) < abs(best - number):
            best = n
    return best


def flags(words):
    bits = {'FIN': 1, 'SYN': 2, 'RST': 4, 'PSH': 8, 'ACK': 16, 'URG': 32, 'ALL': 63, 'NONE': 0}
    return sum(bits[w] for w in words.split(','))


def in_words_of_iptables(failed):
    """What nft's own words ask for, as far as mend() knows it."""
    for nft, xt in ((r'ip6? saddr', '-s'), (r'ip6? daddr', '-d'), (r'(?:tcp|udp|th) sport', '--sports'),
                    (r'(?:tcp|udp|th) dport', '--dports'), (r'iifname', '-i')):
        m = re.fullmatch(nft + r' (?:\{ )?"?([0-9a-z./:, -]+?)"?(?: \})?', failed)
        if m:
            return xt + ' ' + m.group(1).replace(', ', ',').replace('-', ':' if 'port' in xt else '-')
    return failed


def mend(p, failed, devices):
    """The condition holds then; False: here it cannot be made to."""
    inverted = failed.startswith('! ')
    option, _, value = failed.removeprefix('! ').partition(' ')
    if option == '-i' and not inverted:
        name = value.rstrip('+')
        fits = [s for s, d in devices.items() if d == value or (value.endswith('+') and d.startswith(name))]
        return fits[0] if fits else False
    if inverted:
        return False
    if option in ('-s', '-d'):
        which = int(option == '-d')
        n = ipaddress.ip_network(value, strict=False)
        host = int(p.address(which)) & int(n.hostmask)
        p.set_address(which, ipaddress.ip_address(int(n.network_address) | host)
                      if not p.v6 else ipaddress.IPv6Address(int(n.network_address) | host))
    elif option in ('--src-range', '--dst-range'):
        which = int(option == '--dst-range')
        low, high = map(ipaddress.ip_address, value.split('-'))
        p.set_address(which, min(max(p.address(which), low), high))
    elif option == '-p':
        if value not in PROTO and not value.isdigit():
            return False
        p.proto = PROTO.get(value) or int(value)
        if p.proto == 17:
            struct.pack_into('>H', p.data, p.l4 + 4, len(p.data) - p.l4)
        if p.proto == 6 and len(p.data) - p.l4 < 28 or p.proto in (1, 58):
            return False
    elif option in ('--dport', '--dports', '--ports'):
        p.set_port(1, nearest(value, p.port(1)))
    elif option in ('--sport', '--sports'):
        p.set_port(0, nearest(value, p.port(0)))
    elif option == '--tcp-flags':
        mask, comp = map(flags, value.split(' '))
        p.data[p.l4 + 13] = p.data[p.l4 + 13] & ~mask | comp
    elif option in ('--icmp-type', '--icmpv6-type'):
        kind, _, code = value.partition('/')
        p.data[p.l4] = int(kind)
        p.data[p.l4 + 1] = int(code) if code else p.data[p.l4 + 1]
    elif option in ('--ttl-eq', '--hl-eq') and p.v6 == (option == '--hl-eq'):
        p.data[7 if p.v6 else 8] = int(value)
    elif option == '--dscp' and not p.v6:
        p.data[1] = int(value, 16) << 2 | p.data[1] & 3
    else:
        return False
    return True


def begin(data):
    """Its hex up to the ports, by which it is known: of nft's events there is no more for certain."""
    return data[:2 * ((40 if data[0] == '6' else 20) + 8)]


def key(rule):
    return [rule['table'], rule['chain'], rule['number'] or rule['handle']]


def changed(sent, path, result, devices, member='near'):
    made = []
    # An answer may have the same tag, but not the rest.
    packets = {begin(data): (side, data) for side, data in map(str.split, open(sent))}
    left = Counter()
    for line in open(path):
        o = json.loads(line)
        known = begin(o['payload'])
        for n in o.get(member, []):
            if n['how'] == 'eliminated' or known not in packets or o['nat']:
                left['eliminated' if n['how'] == 'eliminated' else 'translated, or not ours'] += 1
                continue
            side, data = packets[known]
            p = Packet(bytes.fromhex(data))
            done = mend(p, in_words_of_iptables(n['failed']), devices)
            if not done:
                left[n['failed'].split(' ')[0]] += 1
                continue
            p.tag(len(made))
            made.append({'rule': key(n['rule']), 'text': n['rule']['rule'], 'failed': n['failed'],
                         'packet': o['packet'], 'headers': o['headers'], 'sent': p.sound().hex(),
                         'alive': o['last_hook'].lower() + '46'[p.v6 * 1]})
            print(side if done is True else done, made[-1]['sent'])
    json.dump({'made': made, 'left': left}, open(result, 'w'))


def alive(path):
    """Of each hook who came to its end, as the kernel noted it."""
    found = {}
    for o in json.load(open(path))['nftables']:
        if 'set' in o:
            found[o['set']['name']] = set(o['set'].get('elem', []))
    return found


def judge(result, path, alive_path):
    """
    A rule that the packet meets now, and which does not lead to a refusal by its own table: the
    packet comes to the end of its hook, unless another table there refuses it.
    """
    told = json.load(open(result))
    ends = alive(alive_path)
    seen = {}
    for line in open(path):
        o = json.loads(line)
        if o['in']:
            seen[begin(o['payload'])] = o
    verdicts = Counter()
    for n, m in enumerate(told['made']):
        o = seen.get(begin(m['sent']))
        if o is None:
            verdicts['unseen'] += 1
            continue
        met = [key(e) for e in o['events']]
        refused = o['fate'] in ('DROP', 'REJECT') and o['by']['table'] == m['rule'][0]
        if m['rule'] in met and not refused and n in ends.get(m['alive'], ()):
            verdicts['right'] += 1
        elif m['rule'] in met and not refused and o['fate'] in ('DROP', 'REJECT'):
            verdicts['right, refused by another table'] += 1
        elif refused and re.search(r' -m (recent|limit|hashlimit|connlimit|statistic)\b', o['by']['rule'] or ''):
            verdicts['what others sent decided'] += 1
        else:
            verdicts['false'] += 1
            print('FALSE', json.dumps(m), '\n   became', o['headers'], o['fate'],
                  (o['by'] or {}).get('rule'), met)
    print(' '.join('%s=%d' % (k.replace(' ', '-'), v) for k, v in sorted(verdicts.items())),
          'left=%s' % json.dumps(told['left']))
    return verdicts['false']


def translated(result, path):
    """Each is forwarded, has met that rule, and goes on as another."""
    told = json.load(open(result))
    seen = {begin(o['payload']): o for o in map(json.loads, open(path)) if o['in']}
    verdicts = Counter()
    for m in told['made']:
        o = seen.get(begin(m['sent']))
        if o is None:
            verdicts['unseen'] += 1
        elif o['nat'] and m['rule'] in [key(e) for e in o['events']] and o['fate'] not in ('DROP', 'REJECT'):
            verdicts['right'] += 1
        elif o['fate'] in ('DROP', 'REJECT') and any(c['field'] == 'dst' for c in o['changes']):
            verdicts['right, refused behind it'] += 1
        else:
            verdicts['false'] += 1
            print('FALSE', json.dumps(m), '\n   became', o['headers'], o['fate'], o['nat'],
                  (o['by'] or {}).get('rule'))
    print(' '.join('%s=%d' % (k.replace(' ', '-'), v) for k, v in sorted(verdicts.items())),
          'left=%s' % json.dumps(told['left']))
    return verdicts['false']


def send(side, interface, mac):
    """Those lines of standard input that are for this side."""
    out = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    for line in sys.stdin:
        at, data = line.split()
        data = bytes.fromhex(data)
        if at == side:
            out.sendto(data, (interface, 0x86dd if data[0] >> 4 == 6 else 0x0800, 0, 0,
                              bytes.fromhex(mac.replace(':', ''))))


def main(argv):
    if argv[1] == 'random':
        by_chance(argv[2], int(argv[3]), int(argv[4]), int(argv[5]), argv[6])
    elif argv[1] == 'changed':
        changed(argv[2], argv[3], argv[4], {'a': argv[5], 'b': argv[6]}, *argv[7:])
    elif argv[1] == 'translated':
        return min(translated(argv[2], argv[3]), 1)
    elif argv[1] == 'send':
        send(argv[2], argv[3], argv[4])
    elif argv[1] == 'judge':
        return min(judge(argv[2], argv[3], argv[4]), 1)
    return 0


sys.exit(main(sys.argv))
