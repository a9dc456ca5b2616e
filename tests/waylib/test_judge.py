#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_judge: what the judge of ways calls false, and what it does not."""
import judge

FAR = {'eth1': ('b/eth0',), 'wtee': ('b/wtee',), 'vx0': ('r/vx0', 'b/eth0')}
B, TEE, SOCKET = 'b/eth0', 'b/wtee', 'socket'
OUT = {'fate_out': 'eth1'}


def told(word, reason=None, copies=(), **more):
    return dict(fate=word, reason=reason, copies=list(copies), **more)


# What is told, what was seen; true: nothing of it is false.
ROWS = (
    ('forwarded', told('FORWARDED', **OUT), [B], True),
    ('forwarded, not seen', told('FORWARDED', **OUT), [], False),
    ('forwarded, seen elsewhere', told('FORWARDED', **OUT), [TEE], False),
    ('likely forwarded, not seen', told('FORWARDED', 'likely so', **OUT), [],
     True),
    ('sent, not seen', told('SENT', **OUT), [], False),
    ('sent by lo, received', told('SENT', fate_out='lo'), [SOCKET], True),
    ('delivered', told('DELIVERED'), [SOCKET], True),
    ('delivered, not received', told('DELIVERED'), [], False),
    ('delivered, but an error came back', told('DELIVERED'),
     ['icmp:3/3', 'error'], False),
    ('delivered, but a reset came back', told('DELIVERED'), ['rst'], False),
    ('delivered, but it went on', told('DELIVERED'), [SOCKET, B], False),
    ('lost', told('LOST'), [], True),
    ('lost, seen', told('LOST'), [B], False),
    ('lost, received', told('LOST'), [SOCKET], False),
    ('dropped, seen', told('DROP'), [B], False),
    ('rejected', told('REJECT'), ['icmp:3/3', 'error'], True),
    ('rejected, seen', told('REJECT'), [B], False),
    ('queue', told('QUEUE'), [], True),
    ('queue, seen', told('QUEUE'), [B], False),
    ('stolen, answered', told('STOLEN'), ['synack'], True),
    ('stolen, nothing', told('STOLEN'), [], False),
    ('stolen, seen', told('STOLEN'), [B], False),
    ('unknown, seen', told('UNKNOWN'), [B], True),
    ('a copy', told('FORWARDED', copies=[told('SENT', fate_out='wtee')],
                    **OUT), [B, TEE], True),
    ('a copy not told', told('FORWARDED', **OUT), [B, TEE], False),
    ('a copy that nobody saw', told('FORWARDED', copies=[
        told('SENT', fate_out='wtee')], **OUT), [B], False),
    ('a tunnel', told('FORWARDED', fate_out='vx0'), ['r/vx0', B], True),
)


def main():
    for name, row, seen, true in ROWS:
        wrong = judge.falsehoods(row, FAR, judge.Observed(seen))
        if bool(wrong) == true:
            print('not ok %s: %s' % (name, wrong or 'nothing is false'))
        else:
            print('ok %s' % name)


main()
