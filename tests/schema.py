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
    made = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f'a member twice: {name}')
        made[name] = value
    return made


def no_number(word):
    raise ValueError(f'{word} is no JSON')


def main(schema, name, path):
    with open(schema, encoding='utf-8') as f:
        schema = Schema(json.load(f))
    with open(path, 'rb') as f:
        for n, line in enumerate(f, 1):
            try:
                value = json.loads(line.decode(), object_pairs_hook=once_each,
                                   parse_constant=no_number)
            except ValueError as error:
                print(f'line {n}: {error}')
                continue
            for error in schema.errors(name, value, name):
                print(error)


sys.stdout.reconfigure(encoding='utf-8', errors='surrogatepass')
main(*sys.argv[1:])
