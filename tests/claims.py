# SPDX-License-Identifier: GPL-2.0-or-later
"""claims: the sentences of the manual and the README, and the rows of CLAIMS.rst that are of none.

claims.py sentences MANUAL.html README.rst    "SECTION<tab>SENTENCE" of each, as a reader sees it
claims.py compare MANUAL.html README.rst CLAIMS.rst
                 what has no row, as the row that it lacks; and rows that are no sentence's beginning

A sentence is a table's row, a block of literal text (known by its first line), or a sentence.
"""
import re
import sys
from html.parser import HTMLParser

# Where one sentence ends and the next begins; "..." is no end.
END = re.compile(r'(?<=[^.‘][.?!])([)\'"’”]*) +(?=\S)')
LONG_ENOUGH = 44


def sentences(text):
    """The sentences of a paragraph."""
    return [part for part in END.sub(r'\1\n', ' '.join(text.split())).split('\n') if part]


class Manual(HTMLParser):
    """What mandoc -T html makes of a manual: a list of (section, sentence)."""
    BLOCKS = {'p', 'dd', 'dt', 'li', 'pre', 'div', 'table', 'tr', 'br', 'section', 'h1', 'h2', 'dl'}

    def __init__(self):
        super().__init__()
        self.found = []
        self.open = []
        self.text = ''
        self.titles = ['', '']
        self.item = ''
        self.inside = False

    def handle_starttag(self, tag, attrs):
        if tag == 'table' and ('class', 'foot') in attrs:
            self.inside = False
        if tag in self.BLOCKS:
            self.flush()
            self.open.append(tag) if tag not in ('br', 'section', 'div', 'dl', 'table') else None
        elif tag == 'td' and self.text:
            self.text += '  '

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.flush(tag)
            while self.open and tag in self.open and self.open.pop() != tag:
                pass
            if tag == 'dl':
                self.item = ''

    def handle_data(self, data):
        self.text += data

    def flush(self, ends=''):
        text, self.text = self.text, ''
        kind = self.open[-1] if self.open else ''
        if not text.strip():
            return
        words = ' '.join(text.split())
        if kind == 'h1':
            self.titles = [words, '']
            self.inside = True
        elif kind == 'h2':
            self.titles[1] = words
        elif kind == 'dt':
            self.item = self.item + ', ' + words if self.item else words
        elif self.inside:
            self.add(kind, text, words)

    def add(self, kind, text, words):
        section = ': '.join(title for title in self.titles if title)
        if kind == 'pre':
            parts = [' '.join(text.strip('\n').split('\n')[0].split())]
        elif kind == 'tr':
            parts = [words]
        else:
            parts = sentences(text)
        if self.item:
            parts[0] = self.item + ': ' + parts[0]
            self.item = ''
        self.found += [(section, part) for part in parts]


def manual(file):
    parser = Manual()
    with open(file, encoding='utf-8') as html:
        parser.feed(html.read())
    parser.close()
    return parser.found


MARKUP = re.compile(r'\*\*|``|(?<![\w`])`(?=[A-Z])|`_|(?<!\w)\*(?=\w)|(?<=[\w?])\*(?!\w)')


def readme(file):
    """The same of a reStructuredText."""
    found, section, paragraph, literal = [], '', [], None

    def flush():
        nonlocal paragraph
        found.extend((section, part) for part in sentences(MARKUP.sub('', ' '.join(paragraph))))
        paragraph = []

    with open(file, encoding='utf-8') as text:
        lines = [*text.read().split('\n'), '']
    directive = False
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if literal is not None:
            if not line.strip():
                continue
            if indent > literal[0]:
                if not literal[1]:
                    found.append((section, ' '.join(line.split())))
                    literal[1] = True
                continue
            literal = None
        if directive and (not line.strip() or indent):
            continue
        directive = False
        if line.startswith('.. '):
            flush()
            directive = True
        elif not line.strip() or re.fullmatch(r'[=~-]{3,}', line):
            flush()
        elif i + 1 < len(lines) and re.fullmatch(r'[=-]{4,}', lines[i + 1]):
            flush()
            section = 'README: ' + line
        else:
            if line.lstrip().startswith('- '):
                flush()
                line = line.replace('- ', '  ', 1)
                # What a literal block below stands further in than.
            paragraph.append(line)
            if line.endswith('::'):
                inward = len(paragraph[0]) - len(paragraph[0].lstrip())
                flush()
                literal = [inward, False]
    return found


def rows(file):
    """Of CLAIMS.rst: section, beginning of a sentence."""
    section = before = ''
    with open(file, encoding='utf-8') as text:
        for line in text:
            line = line.rstrip('\n')
            if re.fullmatch('~+', line):
                section = before
            elif line.startswith('    ') and ' | ' in line:
                yield section, line[4:].split(' | ', 1)[0].rstrip()
            before = line


def beginning(sentence):
    """Enough of it to be known by."""
    sentence = sentence.split(' | ')[0]
    if len(sentence) <= LONG_ENOUGH:
        return sentence
    return sentence[:LONG_ENOUGH].rsplit(' ', 1)[0]


def compare(found, told):
    open_rows = list(told)
    for section, sentence in found:
        fits = [row for row in open_rows if row[0] == section and sentence.startswith(row[1]) and
                len(row[1]) >= min(20, len(beginning(sentence)))]
        if fits:
            open_rows.remove(fits[0])
        else:
            print(f'{section}: no row:     {beginning(sentence)} | ')
    for section, quote in open_rows:
        print(f'{section}: no sentence begins so: {quote}')


FOUND = manual(sys.argv[2]) + readme(sys.argv[3])
if sys.argv[1] == 'sentences':
    for one in FOUND:
        print('\t'.join(one))
else:
    compare(FOUND, rows(sys.argv[4]))
