# SPDX-License-Identifier: GPL-2.0-or-later
"""schema: what in lines of JSON is not as the schema says; nothing when all is.

schema.py SCHEMA OBJECT FILE: SCHEMA as schema.awk makes it, OBJECT which kind each line is.
"""
import json
import re
import sys

PATTERNS = {
    'hex': re.compile(r'([0-9a-f]{2})*'),
    '0xHEX': re.compile(r'0x[0-9a-f]{1,8}'),
    'time': re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z', re.ASCII),
}
SIMPLE = {
    'string': lambda value: isinstance(value, str),
    'boolean': lambda value: isinstance(value, bool),
    'null': lambda value: value is None,
    'integer': lambda value: isinstance(value, (int, float)) and
    not isinstance(value, bool) and value >= 0 and value == int(value),
}


def written(value):
    """As it stands in a line of JSON."""
    return json.dumps(value, separators=(',', ':'), ensure_ascii=False)


def is_word(kind, value):
    """Is it of a kind that has no members; what no other kind is means itself."""
    if kind in SIMPLE:
        return SIMPLE[kind](value)
    if kind in PATTERNS:
        return isinstance(value, str) and PATTERNS[kind].fullmatch(value) is not None
    return (value if isinstance(value, str) else written(value)) == kind


def members(schema, name):
    """What an object has, by its parents as well: name, kind, may be missing."""
    of = schema[name]
    own = {key[len('member:'):]: (told['type'], told['optional'])
           for key, told in of.items() if key.startswith('member:')}
    return {**own, **(members(schema, of['parent']) if of.get('parent') else {})}


class Schema:
    def __init__(self, schema):
        self.alias = {name: of['is'] for name, of in schema.items() if 'is' in of}
        self.objects = {name: members(schema, name) for name in schema if name not in self.alias}
        self.judges = {}

    def judge(self, kind):
        """A function that says whether a value is of that kind: nearly all are, so what is wrong
        is found out behind it."""
        if kind not in self.judges:
            # An object may have one of its own kind in it.
            self.judges[kind] = lambda value: self.judges[kind](value)
            self.judges[kind] = self.judge_of(self.alias.get(kind, kind))
        return self.judges[kind]

    def is_itself(self, kind):
        """Is it a word that stands for nothing else?"""
        return not (kind in self.alias or kind in self.objects or kind.startswith('[') or
                    kind in SIMPLE or kind in PATTERNS)

    def judge_of(self, kind):
        if kind in self.objects:
            known = {name: self.judge(of) for name, (of, _) in self.objects[kind].items()}
            needed = {name for name, (_, optional) in self.objects[kind].items() if not optional}

            def is_object(value):
                if not isinstance(value, dict) or not needed <= value.keys():
                    return False
                for name, each in value.items():
                    if name not in known or not known[name](each):
                        return False
                return True
            return is_object
        if '|' in kind:
            kinds = kind.split('|')
            words = {k for k in kinds if self.is_itself(k)}
            others = [self.judge(k) for k in kinds if k not in words]

            def is_one(value):
                if (value if isinstance(value, str) else written(value) if words else '') in words:
                    return True
                for judge in others:
                    if judge(value):
                        return True
                return False
            return is_one
        if kind.startswith('['):
            of = self.judge(kind[1:-1])
            return lambda value: isinstance(value, list) and all(map(of, value))
        return SIMPLE.get(kind, lambda value: is_word(kind, value))

    def errors(self, kind, value, path):
        """Paths and reasons."""
        kind = self.alias.get(kind, kind)
        if kind in self.objects:
            yield from self.of_object(self.objects[kind], value, path)
        elif '|' in kind:
            if all(any(self.errors(k, value, path)) for k in kind.split('|')):
                yield f'{path}: {written(value)} is not {kind}'
        elif kind.startswith('['):
            if not isinstance(value, list):
                yield f'{path}: no array'
                return
            for n, each in enumerate(value):
                yield from self.errors(kind[1:-1], each, f'{path}[{n}]')
        elif not is_word(kind, value):
            yield f'{path}: not {kind}'

    def of_object(self, known, value, path):
        if not isinstance(value, dict):
            yield f'{path}: no object'
            return
        for name, each in value.items():
            if name in known:
                yield from self.errors(known[name][0], each, f'{path}.{name}')
            else:
                yield f'{path}.{name}: unknown'
        for name, (_, optional) in known.items():
            if not optional and name not in value:
                yield f'{path}.{name}: missing'


def once_each(pairs):
    """An object of JSON: a reader that knows but one member of a name would miss the other."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f'a member twice: {next(n for n in names if names.count(n) > 1)}')
    return made


def no_number(word):
    raise ValueError(f'{word} is no JSON')


def main(schema, name, path):
    with open(schema, encoding='utf-8') as f:
        schema = Schema(json.load(f))
    decoder = json.JSONDecoder(object_pairs_hook=once_each, parse_constant=no_number)
    with open(path, 'rb') as f:
        for n, line in enumerate(f, 1):
            try:
                value = decoder.decode(line.decode())
            except ValueError as error:
                print(f'line {n}: {error}')
                continue
            if not schema.judge(name)(value):
                for error in schema.errors(name, value, name):
                    print(error)


sys.stdout.reconfigure(encoding='utf-8', errors='surrogatepass')
main(*sys.argv[1:])
