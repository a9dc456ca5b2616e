# SPDX-License-Identifier: GPL-2.0-or-later
"""judge: what the program told beside what others saw."""
import json
import re

import frames

GONE_ON = ('FORWARDED', 'SENT')
UNHEARD = ('no-drops', 'neither')  # where the kernel says nothing
HANDED = ('socket', 'reply', 'synack', 'counted')


def place_of(word):
    """b and b.w7 of a packets file are taps; other words stand for themselves."""
    if word in ('a', 'b', 'c'):
        return word + '/eth0'
    return word.replace('.', '/')


class Observed:
    """What of a packet was seen outside of the program."""

    def __init__(self, places):
        self.places = set(places)
        self.went = {p for p in places if '/' in p and ':' not in p}
        self.delivered = bool(self.places & set(HANDED))
        self.taken = bool(self.places & set(HANDED) - {'counted'})

    def __str__(self):
        return ', '.join(sorted(self.places)) or 'nothing'

    def differs(self, wanted):
        """A sentence, or None. What answers it need not be expected."""
        want = {place_of(w) for w in wanted if w != 'none'}
        met = self.went | (self.places & set(HANDED) - {'counted'})
        if want - self.places or met - want:
            return 'seen: %s, and not: %s' % (self, ', '.join(
                sorted(want)) or 'nothing')
        return None


class Branch:
    """A fate that was told, of the packet or of a copy."""

    def __init__(self, row):
        self.word, self.out = row['fate'], row.get('fate_out')
        self.reason = row.get('reason') or ''
        self.hedged = 'likely' in self.reason
        self.vague = self.hedged or self.word in ('UNKNOWN', 'INCOMPLETE')

    def falsehood(self, far, observed):
        """Of a statement by itself; None: it is none, or true."""
        if self.vague:
            return None
        if self.word in GONE_ON:
            places = far.get(self.out, ())
            if self.out is None and (observed.went or observed.taken):
                return None
            if not observed.went & set(places) and self.out != 'lo':
                return '%s out %s, where nobody saw it' % (self.word, self.out)
        elif self.word == 'DELIVERED':
            if not observed.delivered:
                return 'DELIVERED, and nobody received it'
        elif self.word == 'STOLEN' and not observed.places:
            return 'STOLEN, and nobody answered it'
        return None


def falsehoods(row, far, observed):
    """What a packet's fates say that is not so."""
    branches = [Branch(r) for r in (row, *row.get('copies', []))]
    wrong = [b.falsehood(far, observed) for b in branches]
    if not any(b.vague for b in branches):
        said = {p for b in branches if b.word in GONE_ON
                for p in far.get(b.out, ())}
        for place in sorted(observed.went - said):
            wrong.append('%s, and it was seen at %s' % (
                '+'.join(b.word for b in branches), place))
        # Who takes a packet away may answer it; a buffer of more than 64 KiB
        # that leaves by lo comes in again as two.
        if observed.taken and not any(
                b.word in ('DELIVERED', 'STOLEN') or
                (b.word == 'SENT' and b.out in ('lo', None))
                for b in branches):
            wrong.append('%s, and it was received (%s)' % (
                '+'.join(b.word for b in branches), observed))
    return [w for w in wrong if w]


def read_packets(path):
    """Each packet as it was told in the end: a late line takes back what was said."""
    packets = {}
    with open(path) as file:
        for row in map(json.loads, file):
            if 'late' not in row:
                packets[row['packet']] = row
                continue
            told = packets[row['late']]
            if row.get('copy'):
                told = told['copies'][row['copy'] - 1]
            told.update({key: row.get(key) for key in (
                'fate', 'reason', 'drop', 'fate_out')})
    return packets.values()


def read_blocks(path):
    """The text of each packet, by its number."""
    blocks, at = {}, None
    with open(path) as file:
        for line in file:
            found = re.match(r'#(\d+) ', line)
            if found:
                at = int(found.group(1))
            if at is not None:
                blocks.setdefault(at, []).append(line.rstrip('\n'))
    return blocks


class Judge:
    def __init__(self, run, config, packets, text):
        self.run, self.config = run, config
        self.blocks = read_blocks(text)
        self.told = {}
        for row in read_packets(packets):
            self.told.setdefault(self.key_of(row), []).append(row)

    def key_of(self, row):
        """By what was built into those that came in; of our own by the port."""
        seen = frames.Seen(bytes.fromhex(row['payload']), whole=False)
        echo = seen.ident_echo if seen.echo == 'request' else None
        keys = (seen.sport, echo) if row['in'] in (None, 'lo') else \
            (seen.ident, seen.sport, echo)
        return next((k for k in keys if k in self.run.lab.keys), None)

    def all(self):
        for v in self.run.variants:
            if v.skipped:
                print('skip %s: %s' % (v.title, v.skipped))
                continue
            self.why, self.details = list(v.failed), []
            if not v.packets:
                self.why.append('it sends nothing')
            for packet in v.packets.values():
                self.packet(v, packet)
            self.print(v)

    def print(self, v):
        known = [why for configs, pattern, why in self.run.remains
                 if self.config in configs.split(',') and
                 re.fullmatch(pattern, v.title)]
        if not self.why:
            print('ok %s' % v.title)
            if known:
                print('# not wrong any more: %s (%s)' % (v.title, known[0]))
            return
        if known:
            print('skip %s: remains: %s (%s)' % (v.title, known[0],
                                                 '; '.join(self.why)))
        else:
            print('not ok %s: %s' % (v.title, '; '.join(self.why)))
        for line in self.details:
            print('#   | ' + line)

    def packet(self, v, packet):
        observed = Observed(self.run.lab.seen.get(packet.key, {}))
        rows = self.told.get(packet.key, [])
        before = len(self.why)
        self.facts(packet, observed, rows)
        expected = v.way.expected.get(packet.label, v.way.expected.get('*'))
        for row in rows:
            self.why += falsehoods(row, self.run.lab.far, observed)
            self.words(v, row, expected)
            self.reason(packet, row)
            self.texts(v, packet, row)
        if len(self.why) > before:
            self.show(packet, observed, expected, rows)

    def facts(self, packet, observed, rows):
        differs = observed.differs(packet.wanted)
        if differs:
            self.why.append(differs)
        if str(len(rows)) != packet.told and not (rows and
                                                  packet.told == '+'):
            self.why.append('told %d times instead of %s' % (
                len(rows), packet.told))

    def words(self, v, row, expected):
        if not expected:
            self.why.append('nothing is expected of it')
            return
        told = Branch(row)
        allowed = expected.words[self.config]
        if told.word not in allowed and not (
                told.hedged and '~' + told.word in allowed):
            self.why.append('%s%s instead of %s' % (
                'likely ' if told.hedged else '', told.word,
                ' or '.join(allowed)))
        for branch in (told, *(Branch(r) for r in row.get('copies', []))):
            if (self.config in UNHEARD and not branch.hedged and
                    branch.word in GONE_ON + ('DELIVERED',)):
                self.why.append('%s for certain, and nothing tells of drops' %
                                branch.word)

    def reason(self, packet, row):
        """The kernel's word must be one that another observer heard."""
        told = (row.get('drop') or {}).get('reason')
        if told and packet.reasons and told not in packet.reasons:
            self.why.append('kernel: %s, where perf saw %s' % (
                told, ', '.join(packet.reasons)))

    def texts(self, v, packet, row):
        text = '\n'.join(self.blocks.get(row['packet'], []))
        by = (row.get('by') or {}).get('rule') or ''
        if self.config == 'default':
            self.lacking(v, packet, v.way.says, text, 'says nothing like')
            self.lacking(v, packet, v.way.by, by, 'by "%s", not' % by)
        for line in v.way.never:
            pattern = self.pattern(v, packet, line)
            found = pattern and re.search(pattern, text)
            if found:
                self.why.append('says "%s"' % found.group(0))

    def lacking(self, v, packet, lines, text, what):
        for line in lines:
            pattern = self.pattern(v, packet, line)
            if not re.search(pattern, text):
                self.why.append('%s "%s"' % (what, pattern))

    @staticmethod
    def pattern(v, packet, line):
        """LABEL: REGEX is of that label alone; "": not of this one."""
        label, colon, rest = line.partition(': ')
        if colon and label in v.way.expected:
            return v.fill(rest) if label == packet.label else ''
        return v.fill(line)

    def show(self, packet, observed, expected, rows):
        f = packet.fields
        self.details += [
            'sent %s, %s: %s from %s to %s' % (
                packet.key, packet.label, f['proto'], f.get('from', 'a'),
                f['dst']),
            'expected: %s' % (' or '.join(expected.words[self.config])
                              if expected else '?'),
            'observed: %s' % observed,
            'freed: %s' % (', '.join(packet.reasons) or 'nothing heard')]
        if hasattr(packet, 'refused'):
            self.details.append('its sender: %s' % packet.refused)
        for row in rows:
            self.details += ['told:'] + self.blocks.get(row['packet'], [])
