# SPDX-License-Identifier: GPL-2.0-or-later
"""table: the folders of tests/ways: rules, packets and what is expected of them."""
import os
import re
import shlex

CONFIGS = ('default', 'no-witness', 'no-drops', 'neither')
BACKENDS = {'legacy': ('legacy',), 'nft': ('iptables-nft', 'nft')}
TABLES = ('raw', 'mangle', 'nat', 'filter', 'security')
# Of the native rules: the chain's name, and where it is.
CHAINS = {
    'raw': 'filter hook prerouting priority raw',
    'mangle': 'filter hook prerouting priority mangle',
    'dstnat': 'nat hook prerouting priority dstnat',
    'input': 'filter hook input priority filter',
    'natinput': 'nat hook input priority 100',
    'forward': 'filter hook forward priority filter',
    'rawout': 'filter hook output priority raw',
    'route': 'route hook output priority mangle',
    'natout': 'nat hook output priority -100',
    'output': 'filter hook output priority filter',
    'postmangle': 'filter hook postrouting priority mangle',
    'srcnat': 'nat hook postrouting priority srcnat',
}
ADDRESSES = {
    'a': ('10.1.0.2', 'fd00:1::2'), 'r': ('10.1.0.1', 'fd00:1::1'),
    'b': ('10.2.0.2', 'fd00:2::2'), 'r1': ('10.2.0.1', 'fd00:2::1'),
}
BRIDGED = {
    'a': ('10.5.0.1', 'fd00:5::1'), 'b': ('10.5.0.2', 'fd00:5::2'),
    'c': ('10.5.0.3', 'fd00:5::3'), 'r': ('10.5.0.9', 'fd00:5::9'),
}


def lines_of(path):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        text = re.sub(r'\s*\\\n\s*', ' ', file.read())
    return [line.strip() for line in text.splitlines()
            if line.strip() and not line.startswith('#')]


class Expected:
    """What may be told of the packets of one label."""

    def __init__(self, row):
        self.label, *words = [cell.strip() for cell in row.split('|')]
        if len(words) != len(CONFIGS):
            raise ValueError('a set of words for each configuration: ' + row)
        self.words = dict(zip(CONFIGS, (
            self.allowed(cell.split()) for cell in words)))

    @staticmethod
    def allowed(words):
        """LOST? is LOST, likely LOST or UNKNOWN."""
        sure = [w.rstrip('?') for w in words]
        doubted = [w[:-1] for w in words if w.endswith('?')]
        return sure + ['~' + w for w in doubted] + \
            (['UNKNOWN'] if doubted else [])


class Way:
    """One folder."""

    def __init__(self, folder):
        self.folder, self.name = folder, os.path.basename(folder)
        self.rules = lines_of(folder + '/rules')
        self.native = lines_of(folder + '/rules.nft')
        self.group, self.labs, self.families = 'main', ('legacy', 'nft'), (4, 6)
        self.needs, self.before, self.script = [], [], []
        self.expected, self.says, self.never, self.by = {}, [], [], []
        for line in lines_of(folder + '/packets'):
            self.read_packets(line)
        for line in lines_of(folder + '/expected'):
            self.read_expected(line)

    def read_packets(self, line):
        word, _, rest = line.partition(' ')
        if word == 'group':
            self.group = rest
        elif word == 'only':
            self.labs = tuple(rest.split())
        elif word == 'families':
            self.families = tuple(int(f) for f in rest.split())
        elif word == 'needs':
            self.needs.append(rest)
        elif word in ('send', 'stream') or self.script:
            self.script.append((word, rest))
        else:
            self.before.append((word, rest))

    def read_expected(self, line):
        word, _, rest = line.partition(' ')
        if '|' in line and word not in ('says', 'never', 'by'):
            row = Expected(line)
            self.expected[row.label] = row
        else:
            {'says': self.says, 'never': self.never, 'by': self.by}[
                word].append(rest)

    def tables(self):
        """Of iptables, that its rules stand in."""
        return {re.sub('^[46] ', '', line).split()[0] for line in self.rules}

    def is_in(self, group):
        """alone-TABLE: of main, what needs no other table of iptables"""
        begin, _, name = group.partition('alone-')
        if begin or not name:
            return self.group == group
        return self.group == 'main' and self.tables() <= {name} and (
            bool(self.rules) or not self.native)

    def backends(self, lab):
        """Whose rules there are of it in a lab; one without rules has '-'."""
        if lab not in self.labs:
            return []
        if not self.rules and not self.native:
            return ['-']
        have = {'legacy': self.rules, 'iptables-nft': self.rules,
                'nft': self.native}
        return [b for b in BACKENDS[lab] if have[b]]


def read(folder):
    return [Way(os.path.join(folder, name))
            for name in sorted(os.listdir(folder))
            if os.path.isdir(os.path.join(folder, name))]


def groups(folder, lab):
    """Those that have something in a lab, the largest first."""
    found = [w.group for w in read(folder) if w.backends(lab)]
    return sorted(set(found), key=lambda g: -found.count(g))


def remains(folder):
    """What is known to be wrong: (configurations, REGEX of titles, why)."""
    return [tuple(line.split(' ', 2)) for line in lines_of(
        folder + '/remains')]


class Variant:
    """A way in one backend and one family, with ports of its own."""

    def __init__(self, way, backend, family, number, group):
        self.way, self.backend, self.family = way, backend, family
        self.port = 2000 + 10 * number
        self.name = way.name if backend == '-' else \
            '%s/%s' % (way.name, backend)
        self.title = '%s/ipv%d' % (self.name, family)
        if group.startswith('alone-'):
            self.title += '/' + group
        self.packets, self.failed, self.skipped = {}, [], None
        self.last = self.last_ack = 0   # of its connection

    def fill(self, text):
        """PORT, PORT1 ..., @a, @b, @r: what they are here."""
        text = re.sub(r'PORT(\d?)',
                      lambda m: str(self.port + int(m.group(1) or 0)), text)
        text = re.sub(r'@\{(\S+?)\}', lambda m: self.address(m.group(1)), text)
        text = re.sub(r'@(\w+)', lambda m: self.address(m.group(1)), text)
        return text.replace('WAY', 'w%d' % self.port).replace(
            'FAMILY', str(self.family))

    def address(self, word):
        """A name of the lab, or two addresses with a comma between."""
        if word in ADDRESSES:
            return ADDRESSES[word][self.family == 6]
        both = word.split(',')
        return both[-1] if self.family == 6 else both[0]


def xtables(variants, backend, family):
    """What iptables-restore reads of all of them."""
    tables = {}
    for v in variants:
        if v.backend != backend or v.family != family:
            continue
        for line in v.way.rules:
            only, rest = re.match(r'([46]?)\s*(.*)', line).groups()
            if only and int(only) != family:
                continue
            table, rule = rest.split(' ', 1)
            tables.setdefault(table, []).append(v.fill(rule))
    # -N before all that jumps there
    order = {'-N': 0, '-P': 1}
    return ''.join('*%s\n%s\nCOMMIT\n' % (t, '\n'.join(sorted(
        tables[t], key=lambda r: order.get(r[:2], 2))))
        for t in TABLES if t in tables)


def native(variants):
    """What nft -f reads of all of them; a line with ! stands as it is."""
    chains, others = {}, []
    for v in variants:
        if v.backend != 'nft':
            continue
        for line in v.way.native:
            only, rest = re.match(r'([46]?)\s*(.*)', line).groups()
            if only and int(only) != v.family:
                continue
            where, rule = rest.split(' ', 1)
            if where == '!':
                others.append(v.fill(rule))
            else:
                chains.setdefault(where, []).append(v.fill(
                    'meta nfproto ipv%d %s' % (v.family, rule)))
    text = ''.join('\tchain %s {\n\t\ttype %s; policy accept;\n\t\t%s\n\t}\n' % (
        c, CHAINS[c], '\n\t\t'.join(chains[c])) for c in CHAINS if c in chains)
    own = 'table inet ways {\n%s}\n' % text if text else ''
    return own + ''.join(o + '\n' for o in others)


def options(text):
    """"udp 4 to=@b df": words and fields of a send line"""
    words, fields = [], {}
    for word in shlex.split(text):
        key, equal, value = word.partition('=')
        if equal:
            fields[key] = value
        else:
            words.append(word)
    return words, fields
