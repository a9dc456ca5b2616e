#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""run: the ways of one group: rules, packets, and what was seen of them.

run.py FOLDER LAB --groups prints their names.
run.py FOLDER LAB GROUP NAME=NAMESPACE...; then, a line each on stdin:
go                            sends all packets
judge CONFIG JSON TEXT STDERR prints what is right and what is wrong
Each is answered by a line: ready, sent, judged, or "failed: WHY".
"""
import os
import socket
import struct
import sys
import threading
import traceback

import bpf
import frames
import judge
import lab as laboratory
import nets
import perf
import table

NUMBERS = {'ttl', 'size', 'dport', 'sport', 'offset', 'cut', 'seq', 'ack',
           'mark', 'doff', 'type', 'code', 'number'}
HOOKS = {'PREROUTING': 0, 'INPUT': 1, 'FORWARD': 2, 'OUTPUT': 3}


class Packet:
    """One that was sent, and what became of it as others saw it."""

    def __init__(self, key, label, fields):
        self.key, self.label, self.fields = key, label, fields
        self.local = fields.get('from') == 'r'
        self.reasons = []       # of packets that the kernel freed meanwhile
        self.wanted = fields.get('seen', 'none').split(',')
        self.told = fields.get('told', '1')   # times; +: any
        self.data = fields.get('size', 9)   # bytes behind the header


class Run:
    def __init__(self, folder, lab, group, namespaces):
        self.ways = [w for w in table.read(folder) if w.is_in(group)]
        self.remains = table.remains(folder)
        self.which, self.group = lab, group
        self.lab = laboratory.Lab(namespaces)
        self.variants, self.done, self.sockets = [], set(), {}
        self.tested, self.unread, self.routed = {}, [], {}
        self.drops = perf.drops(os.environ.get('TRACEFS', ''))

    # ---- before the run

    def prepare(self):
        self.lab.make_links([rest for w in self.ways if w.backends(self.which)
                             for word, rest in w.before if word == 'link'])
        for way in self.ways:
            self.make_variants(way)
        self.run_commands()
        self.lab.watch()
        for v in self.variants:
            self.begin(v)
        self.load_rules()

    def run_commands(self):
        """All "in" lines, in one shell a namespace; one that fails ends it."""
        shells = {}
        for v in self.variants:
            for word, rest in v.way.before:
                name, words = v.fill(rest).split(' ', 1) if word == 'in' \
                    else (None, None)
                if name and not v.skipped and (name, words) not in self.done:
                    self.done.add((name, words))
                    shells.setdefault(name, []).append(
                        '( %s ) || { echo "%s" >&2; exit 1; }' % (
                            words, v.title))
        for name, lines in shells.items():
            nets.command(name, '\n'.join(lines))

    def make_variants(self, way):
        for backend in way.backends(self.which):
            for family in way.families:
                v = table.Variant(way, backend, family, len(self.variants),
                                  self.group)
                v.skipped = self.lacks(way, v)
                self.variants.append(v)

    def lacks(self, way, v):
        """Why it cannot be shown here: "needs WHY: COMMAND" fails."""
        for need in way.needs:
            only, _, words = need.partition(' ')
            if only not in ('legacy', 'iptables-nft', 'nft', '-', 'all'):
                raise ValueError('%s: needs %s' % (way.name, need))
            why, _, test = words.partition(': ')
            if only in ('all', v.backend) and not self.can(v.fill(test)):
                return why
        return None

    def can(self, test):
        if test not in self.tested:
            self.tested[test] = not nets.command('r', test, check=False)[0]
        return self.tested[test]

    def begin(self, v):
        try:
            if not v.skipped:
                for word, rest in v.way.before:
                    self.step(v, word, rest)
        except bpf.Lacking as e:
            v.skipped = str(e)

    def load_rules(self):
        live = [v for v in self.variants if not v.skipped]
        for backend in ('legacy', 'iptables-nft'):
            for family, program in ((4, 'iptables'), (6, 'ip6tables')):
                text = table.xtables(live, backend, family)
                if text:
                    nets.command('r', '%s-%s-restore' % (
                        program, backend.replace('iptables-', '')), text=text)
        text = table.native(live)
        if text:
            nets.command('r', 'nft -f -', text=text)

    # ---- the words of a packets file

    def step(self, v, word, rest):
        do = getattr(self, 'do_' + word, None)
        if not do:
            raise ValueError('%s: %s?' % (v.way.name, word))
        try:
            do(v, rest)
        except bpf.Lacking:
            raise
        except Exception as e:
            raise RuntimeError('%s: %s %s: %s' % (v.title, word, rest, e))

    def do_about(self, v, rest):
        """a sentence for the reader"""

    def do_link(self, v, rest):
        """made before"""

    def do_in(self, v, rest):
        """in NAMESPACE COMMAND: once, if it is the same for all variants"""
        name, words = v.fill(rest).split(' ', 1)
        if v.packets or (name, words) not in self.done:
            self.done.add((name, words))
            nets.command(name, words)

    def do_listen(self, v, rest):
        """listen {udp|tcp|udplite|raw} NAMESPACE [PORT] [field=value...]"""
        (proto, name, *words), fields = table.options(v.fill(rest))
        port = [int(w) for w in words if w.isdigit()] or [v.port]
        fields.update({w: True for w in words}, proto=proto,
                      family=v.family, port=port[0])
        for key in ('addr', 'group', 'peer', 'source'):
            if key in fields:
                fields[key] = v.address(fields[key])
        made = laboratory.Listener(self.lab, name, fields)
        self.sockets.setdefault(v, []).append(made)
        (self.unread if 'unread' in fields else self.lab.others).append(made)

    def do_queue(self, v, rest):
        """queue {accept|drop|hold} [LONGEST]: who listens on queue PORT"""
        verdict, *longest = rest.split()
        made = nets.Queue('r', v.port, verdict,
                          int(longest[0]) if longest else 0)
        self.sockets.setdefault(v, []).append(made)
        self.lab.others.append(made)

    def do_groups(self, v, rest):
        """groups SOURCE GROUP IN OUT...: multicast that the router sends on"""
        source, group, *devices = v.fill(rest).split()
        made = self.routed.get(v.family)
        if not made:
            made = self.routed[v.family] = nets.GroupRoute('r', v.family)
        into, *outs = [made.number('r', d) for d in devices]
        made.add(source, v.address(group), into, outs)

    def do_close(self, v, rest):
        """its sockets and queues, now"""
        for made in self.sockets.pop(v, []):
            self.lab.fence()
            if made in self.lab.others:
                self.lab.others.remove(made)
            made.close()

    def do_tap(self, v, rest):
        """tap DEVICE [PLACE...] of the router: what its driver is given

        PLACE: where that may be seen besides
        """
        device, *places = rest.split()
        if ('tap', device) not in self.done:
            self.done.add(('tap', device))
            self.lab.tap('r', device)
            self.lab.far[device] = ('r/' + device, *places)

    def do_count(self, v, rest):
        """count NAME[,NAME of IPv6] N: so many more since it began"""
        name, least = v.address(rest.split()[0]), int(rest.split()[1])

        def risen():
            got = nets.counters('r').get(name, 0) - v.counted.get(name, 0)
            return got >= least
        if not self.lab.wait(risen):
            v.failed.append('%s did not rise by %d' % (name, least))

    def do_given(self, v, rest):
        """given up ADDRESS: nobody answers for it, and what waited is gone"""
        address = v.address(v.fill(rest).split()[1])
        if not self.lab.wait(lambda: nets.is_given_up('r', address)):
            v.failed.append('%s is still asked for' % address)

    def do_xdp(self, v, rest):
        """xdp NAMESPACE DEVICE: a program there that drops all"""
        if ('xdp', rest) in self.done:
            return
        name, device = rest.split()
        with nets.inside(name):
            self.sockets.setdefault(None, []).append(
                bpf.drop_at_device(socket.if_nametoindex(device)))
        self.done.add(('xdp', rest))

    def do_program(self, v, rest):
        """program HOOK of the router: a BPF program there that drops all"""
        if ('program', v.family) in self.done:
            return
        with nets.inside('r'):
            self.sockets.setdefault(None, []).append(
                bpf.drop_at_hook(v.family, HOOKS[rest]))
        self.done.add(('program', v.family))

    def do_received(self, v, rest):
        """received NAME N: the same, of who received the last packet"""
        before = len(v.failed)
        self.do_count(v, rest)
        if len(v.failed) == before:
            self.lab.saw(list(v.packets)[-1], 'counted')

    def do_stream(self, v, rest):
        """stream BYTES: from a program to its own listener, and both close"""
        key, total = self.lab.new_key(), int(rest)
        v.packets[key] = Packet(key, '*', {
            'from': 'r', 'proto': 'tcp', 'dst': v.address('r'),
            'seen': 'socket', 'told': '+'})
        family = socket.AF_INET if v.family == 4 else socket.AF_INET6
        listener = self.sockets[v][0]
        with nets.inside('r'):
            made = socket.socket(family, socket.SOCK_STREAM)
        made.bind(('', key))
        made.connect((v.address('r'), v.port))
        other = listener.socket.accept()[0]
        sender = threading.Thread(target=made.sendall, args=(bytes(total),))
        sender.start()
        got = 0
        while got < total:
            got += len(other.recv(1 << 20))
        sender.join()
        self.lab.saw(key, 'socket')
        other.close()
        made.close()

    def do_establish(self, v, rest):
        """establish LABEL: the connection of that SYN stands"""
        syn = next(p for p in v.packets.values() if p.label == rest)
        answer = self.lab.seen[syn.key]['synack'][0]
        v.last, v.last_ack = syn.key, answer.seq + 1
        f = dict(syn.fields, flags='A', seq=2 + syn.data, ack=v.last_ack,
                 key=self.lab.new_key())
        self.lab.inject('a/eth0', frames.build(f))
        self.lab.fence()

    def do_send(self, v, rest):
        rest = rest.replace('LASTACK', str(v.last_ack)).replace(
            'LAST', str(v.last))
        words, fields = table.options(v.fill(rest))
        label = words.pop(0)[:-1] if words[0].endswith(':') else '*'
        key = self.lab.new_key()
        fields.update(proto=words.pop(0), key=key, family=v.family,
                      **{w: True for w in words})
        for name in NUMBERS & set(fields):
            fields[name] = int(fields[name], 0)
        for name in {'to', 'src', 'told'} & set(fields):
            fields[name] = v.address(fields[name])
        packet = Packet(key, label, fields)
        v.packets[key] = packet
        other = self.lab.seen.get(fields.get('sport'), {})
        before = len(other.get('synack', ()))
        if self.drops:
            self.drops.take()
        self.send(v, packet)
        self.see(v, packet)
        if self.drops and not fields.get('unheard'):
            packet.reasons = self.drops.take()
        # Of a connection that stands: TCP has answered this one, too.
        if len(other.get('synack', ())) > before:
            self.lab.saw(key, 'counted')

    def send(self, v, packet):
        f = packet.fields
        f.setdefault('sport', f['key'])
        f.setdefault('dport', v.port)
        f['dst'] = f['to']
        if packet.local:
            return self.send_local(packet)
        at = f.get('from', 'a')
        at = at.replace('.', '/') if '.' in at else at + '/eth0'
        f.setdefault('src', v.address('a'))
        self.lab.inject(at, frames.build(f), f.get('l2'))

    def send_local(self, packet):
        """By a program of the router's."""
        f = packet.fields
        family = socket.AF_INET if f['family'] == 4 else socket.AF_INET6
        with nets.inside('r'):
            if f['proto'] == 'icmp':
                made = socket.socket(family, socket.SOCK_RAW,
                                     1 if f['family'] == 4 else 58)
            else:
                made = socket.socket(family, {
                    'udp': socket.SOCK_DGRAM, 'tcp': socket.SOCK_STREAM}[
                        f['proto']])
                made.bind(('', f['sport']))
        for name, number in (('mark', 36), ('broadcast', 6)):
            if name in f:
                made.setsockopt(socket.SOL_SOCKET, number, f[name])
        if 'ttl' in f:      # of what is for a group
            made.setsockopt(*((0, 33) if f['family'] == 4 else (41, 18)), f['ttl'])
        self.sockets.setdefault(None, []).append(made)
        made.setblocking(False)
        try:
            if f['proto'] == 'tcp':
                made.connect((f['dst'], f['dport']))
            elif f['proto'] == 'icmp':
                f.setdefault('src', f['dst'])
                made.sendto(frames.icmp(f, frames.token(f['key'])),
                            (f['dst'], 0))
            else:
                made.sendto(frames.token(f['key'], f.get('size', 0)),
                            (f['dst'], f['dport']))
        except OSError as e:
            packet.refused = e

    def see(self, v, packet):
        """Waits until it was seen where it should be, or cannot be any more."""
        wanted = [w for w in packet.wanted if w != 'none']
        if wanted and not packet.fields.get('late'):
            self.lab.wait(lambda: all(
                judge.place_of(w) in self.lab.seen.get(packet.key, {})
                for w in wanted))
        self.lab.fence()
        if packet.fields['proto'] == 'tcp' and packet.local:
            self.sockets[None][-1].close()   # no SYN again

    # ---- the words of who leads

    def go(self):
        for v in self.variants:
            if v.skipped:
                continue
            v.counted = nets.counters('r') if any(
                word in ('count', 'received') for word, _ in v.way.script) else {}
            for word, rest in v.way.script:
                self.step(v, word, rest)
        return 'sent'

    def judge(self, config, packets, text):
        self.lab.others += self.unread
        self.lab.pump()
        judge.Judge(self, config, packets, text).all()
        return 'judged'


def main():
    if sys.argv[3] == '--groups':
        return print('\n'.join(table.groups(*sys.argv[1:3])))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        run = Run(*sys.argv[1:4], sys.argv[4:])
        run.prepare()
        print('ready', flush=True)
        for line in sys.stdin:
            word, *rest = line.split()
            print(getattr(run, word)(*rest), flush=True)
    except Exception as e:
        traceback.print_exc()
        print('failed: %s' % e, flush=True)


main()
