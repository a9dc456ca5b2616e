# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py: packets by chance, and whether what nftrace says of their near misses is true.

judge.py make SEED COUNT RULESET FOLDER: packets as tools/probe reads them, FOLDER/a and FOLDER/b
judge.py ask FOLDER JSON: what would have been needed -> a line each of packets to try:
	NS <TAB> FAMILY TABLE CHAIN HANDLE <TAB> PACKET <TAB> WORDS <TAB> HOOK <TAB> PACKET SEEN
	PACKET has a number of its own; HOOK: the set of alive.nft that is to have it
	WORDS: "without FAMILY TABLE CHAIN HANDLE": of a rule behind that one
"""
import json
import random
import re
import socket
import sys

V4 = {"a": ["10.1.0.2"] * 4 + ["10.1.0.5", "10.7.0.9", "10.7.3.4", "192.0.2.12", "198.51.100.4", "10.1.0.77"],
      "b": ["10.2.0.2"] * 4 + ["10.2.0.53", "10.2.0.3", "10.2.0.66", "10.2.0.70"]}
EXTRA = ["10.96.0.1", "10.96.33.7", "10.96.7.7"]
V6 = {"a": ["fd00:1::2", "fd00:7::5", "fd00:9::1"], "b": ["fd00:2::2", "fd00:2::9"]}
HERE4, HERE6 = {"a": "10.1.0.1", "b": "10.2.0.1"}, {"a": "fd00:1::1", "b": "fd00:2::1"}
ODD = [20, 22, 23, 25, 26, 27, 53, 80, 443, 8080, 5432, 9999, 1024, 1023, 40000, 99]


def ports(ruleset):
    found = set(ODD)
    for word in re.findall(r"port (\{[^}]*\}|\S+)|\. (\d+)", ruleset):
        for n in re.findall(r"\d+", " ".join(word)):
            found.update({int(n), int(n) + 1, max(int(n) - 1, 1)})
    return sorted(p for p in found if 0 < p < 65536)


def make(seed, count, ruleset, folder):
    r = random.Random(seed)
    near = ports(ruleset)
    out = {"a": open(folder + "/a", "w"), "b": open(folder + "/b", "w")}
    for n in range(1, count + 1):
        ns = r.choice("aaab")
        other = "b" if ns == "a" else "a"
        v6 = r.random() < 0.15 and "ip6" in ruleset
        src = r.choice((V6 if v6 else V4)[ns])
        if r.random() < 0.3:
            dst = (HERE6 if v6 else HERE4)[ns]
        else:
            dst = r.choice(V6[other] if v6 else V4[other] + EXTRA * ("10.96" in ruleset))
        proto = r.choice([6, 6, 6, 17, 17, 17, 58 if v6 else 1])
        if proto in (1, 58):
            one, two = r.choice([8, 8, 13, 3, 11] if proto == 1 else [128, 128, 1, 135]), r.choice([0, 0, 1, 3])
        else:
            one, two = r.choice(near + [40000, 50001, 1025] * 4), r.choice(near)
        flags = r.choice([2, 2, 2, 2, 18, 16, 1, 4, 0]) if proto == 6 else 0
        print(n, src, dst, proto, one, two, flags, r.choice([64, 64, 64, 4, 2, 255]),
              r.choice([0, 0, 0, 32, 184]), file=out[ns])


# ---- what a rule's words want

NAMES = {"tcp": 6, "udp": 17, "icmp": 1, "ipv6-icmp": 58, "sctp": 132, "esp": 50, "igmp": 2}
ICMP = {"echo-request": 8, "echo-reply": 0, "timestamp-request": 13, "destination-unreachable": 3,
        "time-exceeded": 11}
CODES = {"net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2, "port-unreachable": 3,
         "no-route": 0}
ICMP6 = {"echo-request": 128, "echo-reply": 129, "destination-unreachable": 1, "time-exceeded": 3,
         "mld-listener-query": 130, "mld-listener-report": 131}
FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}
DSCP = {"cs1": 8, "ef": 46}


def address(text):
    """one in the middle of what it says"""
    if "-" in text:
        return text.split("-")[0]
    if "/" not in text:
        return text
    base, bits = text.split("/")
    family = socket.AF_INET6 if ":" in base else socket.AF_INET
    raw = bytearray(socket.inet_pton(family, base))
    if int(bits) < len(raw) * 8:
        raw[-1] |= 2
    return socket.inet_ntop(family, bytes(raw))


def first_number(text):
    return int(text.split("-")[0], 0)


def elements(words, sets):
    """the constants of a comparison"""
    m = re.search(r"\{ (.*) \}", words)
    if m:
        return [e.strip().strip('"') for e in m.group(1).split(",")]
    m = re.search(r"@(\S+)", words)
    if m:
        return sets.get(m.group(1))
    return [words.split()[-1].strip('"')]


def field_values(field, packet):
    """what a packet has there, as rules write it"""
    ident, src, dst, proto, one, two, *_ = packet
    return {"ip saddr": src, "ip6 saddr": src, "ip daddr": dst, "ip6 daddr": dst,
            "sport": one, "dport": two, "proto": proto}[field]


def holds(kind, constant, value):
    if kind in ("ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr"):
        family = socket.AF_INET6 if ":" in value else socket.AF_INET
        v = int.from_bytes(socket.inet_pton(family, value), "big")
        if "-" in constant:
            low, high = (int.from_bytes(socket.inet_pton(family, x), "big") for x in constant.split("-"))
        elif "/" in constant:
            base, bits = constant.split("/")
            width = 128 if ":" in base else 32
            low = int.from_bytes(socket.inet_pton(family, base), "big")
            high = low | ((1 << (width - int(bits))) - 1)
        else:
            low = high = int.from_bytes(socket.inet_pton(family, constant), "big")
        return low <= v <= high
    if kind == "proto":
        return NAMES.get(constant, constant) == value
    ends = constant.split("-")
    return int(ends[0], 0) <= value <= int(ends[-1], 0)


def kind_of(name):
    name = name.strip()
    if name in ("meta l4proto", "ip protocol"):
        return "proto"
    if name.endswith("port"):
        return name.split()[-1]
    return name


def change(packet, words, ns, sets):
    """the same packet with only that field changed; None: this judge cannot make it"""
    p = list(packet)
    at = {"ip saddr": 1, "ip6 saddr": 1, "ip daddr": 2, "ip6 daddr": 2, "sport": 4, "dport": 5}
    if re.match(r"[io]if", words) and " . " not in words:
        return None
    inverted = "!=" in words
    if " . " in words.split("{")[0].split("@")[0]:
        left = re.split(r" \{| @", words)[0]
        names = [kind_of(n) for n in left.split(" . ")]
        if any(n not in ("ip saddr", "ip daddr", "sport", "dport", "proto") for n in names) or inverted:
            return None
        for e in elements(words, sets) or []:
            parts = e.split(" . ")
            no = [i for i, n in enumerate(names) if not holds(n, parts[i], field_values(n, p))]
            if len(no) == 1 and names[no[0]] != "proto":
                p[at[names[no[0]]]] = address(parts[no[0]]) if "addr" in names[no[0]] else first_number(parts[no[0]])
                return p, ns
        return "several"
    m = re.match(r"(ip6? [sd]addr)(?: & \S+)? ", words)
    if m:
        if "&" in words:
            return None
        found = elements(words, sets)
        if not found:
            return None
        if inverted:
            p[at[m.group(1)]] = "fd00:44::4" if ":" in p[1] else "10.44.0.4"
        else:
            p[at[m.group(1)]] = address(found[0])
        # That is no address which the router would see there.
        return None if p[2].startswith(("fe80", "224.")) else (p, ns)
    m = re.match(r"(?:tcp|udp|th) ([sd]port) (.*)", words)
    if m:
        rest, i = m.group(2), at[m.group(1)]
        if rest[0] in "<>":
            n = int(rest.split()[-1])
            p[i] = n + (1 if rest[0] == ">" and rest[1] != "=" else -1 if rest[0] == "<" and rest[1] != "=" else 0)
        elif inverted:
            p[i] = 60001
        else:
            p[i] = first_number((elements(words, sets) or ["1"])[0])
        return p, ns
    m = re.match(r"icmp(v6)? (type|code) ", words)
    if m:
        word = elements(words, sets)[0]
        n = (CODES if m.group(2) == "code" else ICMP6 if m.group(1) else ICMP).get(word)
        p[4 if m.group(2) == "type" else 5] = n if n is not None else int(word.split("-")[0])
        return p, ns
    m = re.match(r"ip ttl (\S+) ?(\d*)", words)
    if m:
        # The router has taken one off a packet that it forwards.
        n = int(words.split()[-1]) + (1 if m.group(1) in (">", ">=") else -1 if m.group(1) == "<" else 0)
        p[7] = n + 1 if m.group(1) in (">", ">=") else n
        return (p, ns) if p[7] > 1 else None
    m = re.match(r"ip dscp ", words)
    if m:
        word = elements(words, sets)[0]
        p[8] = DSCP.get(word, 0) << 2
        return p, ns
    m = re.match(r"tcp flags (.*)", words)
    if m:
        rest = m.group(1)
        if rest.startswith("!"):
            p[6] = 2
        elif "/" in rest and not inverted:
            p[6] = sum(FLAGS[f] for f in rest.split(" / ")[0].split(","))
        elif re.fullmatch(r"[a-z,]+", rest):
            p[6] = FLAGS[rest.split(",")[0]]
        else:
            return None
        return p, ns
    return None


def sets_of(ruleset):
    found = {}
    for name, body in re.findall(r"set (\S+) \{(.*?)\n\t\}", ruleset, re.S):
        m = re.search(r"elements = \{(.*?)\}", body, re.S)
        if m:
            found[name] = [e.strip().strip('"') for e in m.group(1).split(",")]
    return found


def addresses(raw):
    """of an IP packet, from and to"""
    v6 = raw[0] >> 4 == 6
    at, size = (8, 16) if v6 else (12, 4)
    return [socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, raw[i:i + size])
            for i in (at, at + size)]


def hook(j, packet):
    return j["last_hook"].lower() + ("6" if ":" in packet[1] else "4")


def ask(folder, json_file, ruleset):
    packets = {}
    for ns in "ab":
        for line in open(folder + "/" + ns):
            f = line.split()
            packets[int(f[0])] = ([int(f[0]), f[1], f[2]] + [int(x) for x in f[3:]], ns)
    sets = sets_of(ruleset)
    families = {name: family for family, name in re.findall(r"^table (\S+) (\S+)", ruleset, re.M)}
    counts, tries = {}, 0
    for line in open(json_file):
        j = json.loads(line)
        if not j.get("payload"):
            continue
        raw = bytes.fromhex(j["payload"])
        ident = int.from_bytes(raw[4:6], "big") if raw[0] >> 4 == 4 else int.from_bytes(raw[2:4], "big")
        # An address that the sender resolves may keep a packet of the ruleset before.
        if ident not in packets or addresses(raw) != packets[ident][0][1:3]:
            continue
        counts["fate " + j["fate"]] = counts.get("fate " + j["fate"], 0) + 1
        packet, ns = packets[ident]
        if len(j["near"]) > 3:
            print("more than three:", line, file=sys.stderr)
        counts["lines %d" % len(j["near"])] = counts.get("lines %d" % len(j["near"]), 0) + 1
        if "never_reached" in j:
            rule, by = j["never_reached"], j["by"]
            counts["never reached"] = counts.get("never reached", 0) + 1
            tries += 1
            print("%s\t%s %s %s %s\t%s\twithout %s %s %s %s\t%s\t%s" % (
                ns, families[rule["table"]], rule["table"], rule["chain"], rule["handle"],
                " ".join(map(str, [tries] + packet[1:])), families[by["table"]], by["table"], by["chain"],
                by["handle"], hook(j, packet), " ".join(map(str, packet))))
        for near in j["near"]:
            rule, words = near["rule"], near["failed"]
            key = near["how"] + " " + re.split(r" [{@!<>\"0-9]", words)[0]
            counts[key] = counts.get(key, 0) + 1
            made = change(packet, words, ns, sets)
            if made is None:
                counts["not made " + words] = counts.get("not made " + words, 0) + 1
                continue
            if made == "several":
                print("FALSE several parts differ: %s: %s" % (packet, words))
                continue
            to, where = made
            tries += 1
            print("%s\t%s %s %s %s\t%s\t%s\t%s\t%s" % (
                where, families[rule["table"]], rule["table"], rule["chain"], rule["handle"],
                " ".join(map(str, [tries] + to[1:])), words, hook(j, to), " ".join(map(str, packet))))
    for key in sorted(counts):
        print("%6d %s" % (counts[key], key), file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]), open(sys.argv[4]).read(), sys.argv[5])
    else:
        ask(sys.argv[2], sys.argv[3], open(sys.argv[4]).read())
