# SPDX-License-Identifier: GPL-2.0-or-later
"""lab: the network of a group of ways: links, taps, senders, sockets."""
import json
import os
import select
import socket
import struct
import time

import frames
import nets
import table

ETH_P_ALL, OUTGOING = 3, 4
PATIENCE = 10 * int(os.environ.get('PATIENCE', 1))
SO_ATTACH_FILTER = 26
KINDS = {'udp': (socket.SOCK_DGRAM, 0), 'tcp': (socket.SOCK_STREAM, 0),
         'udplite': (socket.SOCK_DGRAM, frames.LITE),
         'raw': (socket.SOCK_RAW, 254)}


class Lab:
    """Taps in every namespace but the router's; what each saw of which key."""

    def __init__(self, namespaces):
        self.names = {}
        for word in namespaces:
            name, path = word.split('=')
            nets.know(name, path)
            self.names[name] = path.rsplit('/', 1)[1]
        # Where what leaves by a device of the router's must arrive.
        self.far = {'eth0': ('a/eth0',), 'eth1': ('b/eth0',)}
        if 'c' in self.names:
            self.far = {'br0': ('a/eth0', 'b/eth0', 'c/eth0')}
            table.ADDRESSES.update(table.BRIDGED)
        self.links, self.taps, self.others, self.senders = [], [], [], {}
        self.macs, self.seen, self.keys, self.fences = {}, {}, set(), 0
        self.next_key = 20000

    # ---- what there is

    def link(self, words):
        """link NAME [mtu=N] [bare]: a cable more between r and b"""
        name, *rest = words.split()
        number = 100 + len(self.links)
        self.links.append(name)
        self.far[name] = ('b/' + name,)
        table.ADDRESSES[name] = ('10.%d.0.2' % number, 'fd00:%d::2' % number)
        table.ADDRESSES[name + '_r'] = ('10.%d.0.1' % number,
                                        'fd00:%d::1' % number)
        mac = '02:00:00:00:0%d:%02x'
        mtu = [w.replace('=', ' ') for w in rest if w.startswith('mtu=')]
        text = 'link add %s address %s type veth peer name %s address %s ' \
            'netns %s\nlink set %s up %s\n' % (
                name, mac % (1, number), name, mac % (2, number),
                self.names['b'], name, ' '.join(mtu))
        if 'bare' not in rest:
            text += ''.join(
                'addr add %s1/%d dev %s%s\nneigh replace %s2 lladdr %s dev '
                '%s nud permanent\n' % (net, bits, name, more, net,
                                        mac % (2, number), name)
                for net, bits, more in (('10.%d.0.' % number, 24, ''),
                                        ('fd00:%d::' % number, 64, ' nodad')))
        return text

    def make_links(self, wanted):
        if not wanted:
            return
        nets.command('r', 'ip -batch -', text=''.join(
            self.link(words) for words in wanted))
        nets.command('b', 'ip -batch -', text=''.join(
            'link set %s up\n' % name for name in self.links))

    def watch(self):
        for name in self.names:
            found = nets.command(name, 'ip -j link show')[1]
            for row in json.loads(found):
                self.macs[name + '/' + row['ifname']] = row.get('address')
            if name != 'r':
                self.tap(name)

    def tap(self, name, device=None):
        with nets.inside(name):
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                socket.htons(ETH_P_ALL))
            if device:
                tap.bind((device, ETH_P_ALL))
        tap.setblocking(False)
        self.taps.append((name, tap))

    # ---- what is seen

    def pump(self, seconds=0):
        """Reads all that came; waits for something, at most so long."""
        every = [t for _, t in self.taps] + [o for o in self.others]
        ready = select.select(every, [], [], seconds)[0]
        for name, tap in self.taps:
            if tap in ready:
                self.read_tap(name, tap)
        for other in self.others:
            if other in ready:
                other.take()

    def read_tap(self, name, tap):
        while True:
            try:
                data, (device, proto, kind, _, _) = tap.recvfrom(70000)
            except BlockingIOError:
                return
            # What leaves the router is seen by who is tapped in it.
            if (kind == OUTGOING) != (name == 'r'):
                continue
            if proto == 0x806:
                self.fences += data[14 + 6:14 + 8] == b'\0\2'
            elif proto in (0x800, 0x86dd):
                self.note('%s/%s' % (name, device), data[14:])

    def note(self, place, data):
        packet = frames.Seen(data)
        key = self.key_of(packet)
        if packet.error:
            self.saw(key, 'error', packet)
            place = 'icmp:' + packet.error
        elif packet.echo == 'reply':
            place = 'reply'
        elif packet.dport in self.keys and packet.proto == frames.TCP:
            key, place = packet.dport, 'rst' if packet.flags & 4 else 'synack'
        self.saw(key, place, packet)

    def key_of(self, packet):
        # An ident of the router's own packets may be any.
        ident = packet.ident if packet.sport is None else None
        for key in (packet.token, packet.sport, ident):
            if key in self.keys:
                return key
        return None

    def saw(self, key, place, packet=None):
        if key is not None:
            self.seen.setdefault(key, {}).setdefault(place, []).append(packet)

    def wait(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            left = end - time.monotonic()
            if left < 0:
                return False
            self.pump(min(left, 0.05))
        return True

    # ---- what is sent

    def sender(self, at):
        """A socket that puts frames on a cable, at a/eth0 or so."""
        if at not in self.senders:
            name, device = at.split('/')
            with nets.inside(name):
                made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                made.bind((device, 0))
            self.senders[at] = made
        return self.senders[at]

    def mac_at(self, at):
        """Who is at the other end of that cable."""
        for device, places in self.far.items():
            if at in places:
                return self.macs['r/' + device]
        raise ValueError(at)

    def inject(self, at, packet, l2=None):
        to = self.macs.get(l2, l2) if l2 else self.mac_at(at)
        proto = 0x800 if packet[0] >> 4 == 4 else 0x86dd
        self.sender(at).send(self.ether(to, self.macs[at], proto) + packet)

    @staticmethod
    def ether(to, source, proto):
        return bytes.fromhex(to.replace(':', '')) + bytes.fromhex(
            source.replace(':', '')) + struct.pack('!H', proto)

    def fence(self):
        """What was sent has been treated when this one has its answer."""
        before, at = self.fences, 'a/eth0'
        mine = bytes.fromhex(self.macs[at].replace(':', ''))
        ask = struct.pack('!HHBBH', 1, 0x800, 6, 4, 1) + mine + \
            socket.inet_aton(table.ADDRESSES['a'][0]) + bytes(6) + \
            socket.inet_aton(table.ADDRESSES['r'][0])
        self.sender(at).send(self.ether('ff:ff:ff:ff:ff:ff', self.macs[at],
                                        0x806) + ask)
        if not self.wait(lambda: self.fences > before):
            raise RuntimeError('the router answers no ARP')

    def new_key(self):
        self.next_key += 1
        self.keys.add(self.next_key)
        return self.next_key


class Listener:
    """A socket of a program: what it receives was delivered."""

    def __init__(self, lab, namespace, fields):
        kind, proto = KINDS[fields['proto']]
        family = socket.AF_INET if fields['family'] == 4 else socket.AF_INET6
        self.lab = lab
        self.place = 'socket' if namespace == 'r' else namespace + ':socket'
        with nets.inside(namespace):
            self.socket = socket.socket(family, kind, proto)
            self.prepare(fields)
            self.socket.bind((fields.get('addr', '0.0.0.0' if fields['family']
                                         == 4 else '::'), fields['port']))
            if 'peer' in fields:
                self.socket.connect((fields['peer'], 9))
            self.join(fields)
        if kind == socket.SOCK_STREAM:
            self.socket.listen(int(fields.get('backlog', 5)))
        self.socket.setblocking(False)

    def prepare(self, fields):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if fields['family'] == 6 and fields['proto'] != 'raw':
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if fields.get('transparent'):
            level, name = (socket.SOL_IP, 19) if fields['family'] == 4 else \
                (socket.IPPROTO_IPV6, 75)
            self.socket.setsockopt(level, name, 1)
        if 'rcvbuf' in fields:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                   int(fields['rcvbuf']))
        if 'device' in fields:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                                   fields['device'].encode())
        if fields.get('deaf'):     # a filter that lets nothing pass
            self.filter = nets.Filter()
            self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                                   self.filter.program)

    def join(self, fields):
        if 'group' not in fields:
            return
        address = frames.packed(fields['group'])
        index = socket.if_nametoindex(fields.get('at', 'eth0'))
        if 'source' in fields:
            self.join_source(address, index, frames.packed(fields['source']))
        elif fields['family'] == 4:
            self.socket.setsockopt(
                socket.SOL_IP, socket.IP_ADD_MEMBERSHIP,
                struct.pack('4s4si', address, bytes(4), index))
        else:
            self.socket.setsockopt(
                socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                address + struct.pack('i', index))

    def join_source(self, group, index, source):
        """MCAST_JOIN_SOURCE_GROUP: what comes from there alone."""
        def sockaddr(address):
            if len(address) == 4:
                made = struct.pack('=HH4s', socket.AF_INET, 0, address)
            else:
                made = struct.pack('=HHI16sI', socket.AF_INET6, 0, 0,
                                   address, 0)
            return made.ljust(128, b'\0')
        self.socket.setsockopt(
            socket.SOL_IP if len(group) == 4 else socket.IPPROTO_IPV6, 46,
            struct.pack('=I4x', index) + sockaddr(group) + sockaddr(source))

    def fileno(self):
        return self.socket.fileno()

    def take(self):
        if self.socket.type == socket.SOCK_STREAM:
            self.socket.accept()[0].close()
            return
        try:
            data = self.socket.recv(70000)
        except OSError:
            return
        found = frames.TOKEN.search(data)
        if found:
            self.lab.saw(int(found.group(1)), self.place)

    def close(self):
        self.socket.close()
