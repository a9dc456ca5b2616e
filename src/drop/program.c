// SPDX-License-Identifier: GPL-2.0-or-later
/* program: what the kernel runs for each packet that it frees as lost. */
#include "drop/program.h"

#include <stdbool.h>
#include <stddef.h>

#include "drop/fields.h"
#include "drop/record.h"
#include "rules/base/units.h"

/* Registers that live through calls. */
#define SKB	BPF_REG_6
#define RECORD	BPF_REG_7
#define CONTEXT	BPF_REG_8	/* the tracepoint's arguments, 64 bits each */

#define R0	BPF_REG_0
#define R1	BPF_REG_1
#define R2	BPF_REG_2
#define R3	BPF_REG_3
#define R4	BPF_REG_4
#define STACK	BPF_REG_10	/* its end */

/* The end of the stack: what READ() brings; in front of it the copy of the packet's fields. */
enum { SLOT = -8 };

enum { ARG_SKB, ARG_LOCATION, ARG_REASON, ARG_RX_SK };

enum label {
	NOWHERE, NO_DEVICE, OF_SOCKET, IN_NET, NO_INTERFACE, NO_ENTRY, NOT_NEGATIVE,
	NOT_LONG, FULL, OUT,
	LABELS
};

/* What the kernel or the run fills in. */
enum blank {
	NOTHING,
	FIELD_PLACE,	/* of a load: size and offset, from the structure's start */
	FIELD_COPY,	/* the same, in the copy on the stack */
	FIELD_SIZE,	/* of a load: size alone */
	FIELD_OFFSET, FIELD_BYTES, FIELD_MASK,	/* as numbers */
	COPY_AT, COPY_FROM, COPY_BYTES,	/* where on the stack; from where in the packet */
	NAMESPACE, SECRET, RING, LOST,
};

/* An instruction, or a label in front of the next one. */
struct line {
	uint8_t code, dst, src;
	int16_t off;
	int32_t imm;
	uint8_t label;		/* enum label: this line is one */
	uint8_t to;		/* enum label: where it jumps */
	uint8_t blank;		/* enum blank */
	uint8_t field;		/* enum drop_field, of that blank */
	uint8_t needs;		/* so many arguments, else the line is left out */
};

#define LOAD		(BPF_LDX | BPF_MEM)
#define LOAD_IMM64	(BPF_LD | BPF_DW | BPF_IMM)
#define WITH_N(op)	(BPF_ALU64 | (op) | BPF_K)
#define WITH_R(op)	(BPF_ALU64 | (op) | BPF_X)

#define LABEL(l)	.label = l
#define MOVE(d, s)	.code = WITH_R(BPF_MOV), .dst = d, .src = s
#define ADD(d, s)	.code = WITH_R(BPF_ADD), .dst = d, .src = s
#define SUB(d, s)	.code = WITH_R(BPF_SUB), .dst = d, .src = s
#define MOVE_N(d, n)	.code = WITH_N(BPF_MOV), .dst = d, .imm = n
#define ADD_N(d, n)	.code = WITH_N(BPF_ADD), .dst = d, .imm = n
#define AND_N(d, n)	.code = WITH_N(BPF_AND), .dst = d, .imm = n
#define RIGHT_N(d, n)	.code = WITH_N(BPF_RSH), .dst = d, .imm = n
#define MOVE_64(d, b)	.code = LOAD_IMM64, .dst = d, .blank = b
#define HOST_16(d)	.code = BPF_ALU | BPF_END | BPF_TO_BE, .dst = d, .imm = 16
#define IF(op, d, n, l)	.code = BPF_JMP | (op) | BPF_K, .dst = d, .imm = n, .to = l
#define GOTO(l)		.code = BPF_JMP | BPF_JA, .to = l
#define CALL(f)		.code = BPF_JMP | BPF_CALL, .imm = f
#define EXIT		.code = BPF_JMP | BPF_EXIT

#define ARGUMENT(d, n)	.code = LOAD | BPF_DW, .dst = d, .src = CONTEXT, .off = 8 * (n), \
			.needs = (n) + 1
/* A field of the packet's, from the copy. */
#define PACKET(d, f)	.code = LOAD, .dst = d, .src = STACK, .blank = FIELD_COPY, .field = f

/* R3 points to a structure: a field of it into a register, 0 where nothing is. */
#define READ(d, f)							\
	{ .code = WITH_N(BPF_ADD), .dst = R3, .blank = FIELD_OFFSET, .field = f }, \
	{ MOVE(R1, STACK) },						\
	{ ADD_N(R1, SLOT) },						\
	{ .code = WITH_N(BPF_MOV), .dst = R2, .blank = FIELD_BYTES, .field = f }, \
	{ CALL(BPF_FUNC_probe_read_kernel) },				\
	{ .code = LOAD, .dst = d, .src = STACK, .off = SLOT, .blank = FIELD_SIZE, .field = f }

#define SIZE_OF(m)	sizeof(((struct drop_record *)0)->m)
#define STORE(m, s)	.code = BPF_STX | BPF_MEM |			\
			(SIZE_OF(m) == 8 ? BPF_DW : SIZE_OF(m) == 4 ? BPF_W : \
			 SIZE_OF(m) == 2 ? BPF_H : BPF_B),		\
			.dst = RECORD, .src = s, .off = offsetof(struct drop_record, m)

static const struct line lines[] = {
	/* Who is not traced leaves at once: this is all that other packets pay. */
	{ MOVE(CONTEXT, R1) },
	{ ARGUMENT(SKB, ARG_SKB) },
	{ .code = LOAD, .dst = R1, .src = SKB, .blank = FIELD_PLACE, .field = SKB_NF_TRACE },
	{ .code = WITH_N(BPF_AND), .dst = R1, .blank = FIELD_MASK, .field = SKB_NF_TRACE },
	{ IF(BPF_JEQ, R1, 0, OUT) },

	/*
	 * All of its fields at once: plain numbers from then on.  For each pointer that
	 * has a type the verifier searches all of the kernel's, and who arms would wait
	 * some milliseconds more.
	 */
	{ MOVE(R1, STACK) },
	{ .code = WITH_N(BPF_ADD), .dst = R1, .blank = COPY_AT },
	{ .code = WITH_N(BPF_MOV), .dst = R2, .blank = COPY_BYTES },
	{ MOVE(R3, SKB) },
	{ .code = WITH_N(BPF_ADD), .dst = R3, .blank = COPY_FROM },
	{ CALL(BPF_FUNC_probe_read_kernel) },

	/*
	 * Only this network namespace: its device's; without one that of the socket
	 * that sent it, or was to receive it.
	 */
	{ PACKET(R3, SKB_DEV) },
	{ IF(BPF_JEQ, R3, 0, NO_DEVICE) },
	READ(R3, DEVICE_NET),
	{ GOTO(IN_NET) },
	{ LABEL(NO_DEVICE) },
	{ PACKET(R3, SKB_SK) },
	{ IF(BPF_JNE, R3, 0, OF_SOCKET) },
	{ ARGUMENT(R3, ARG_RX_SK) },
	{ IF(BPF_JEQ, R3, 0, OUT) },
	{ LABEL(OF_SOCKET) },
	READ(R3, SOCK_NET),
	{ LABEL(IN_NET) },
	READ(R1, NET_INUM),
	{ .code = BPF_JMP32 | BPF_JNE | BPF_K, .dst = R1, .blank = NAMESPACE, .to = OUT },

	/* Room for a record. */
	{ MOVE_64(R1, RING) },
	{ MOVE_N(R2, sizeof(struct drop_record)) },
	{ MOVE_N(R3, 0) },
	{ CALL(BPF_FUNC_ringbuf_reserve) },
	{ IF(BPF_JEQ, R0, 0, FULL) },
	{ MOVE(RECORD, R0) },

	/* When, where, why. */
	{ CALL(BPF_FUNC_ktime_get_ns) },
	{ STORE(when_ns, R0) },
	{ PACKET(R1, SKB_TSTAMP) },
	{ STORE(stamp_ns, R1) },
	{ ARGUMENT(R1, ARG_LOCATION) },
	{ MOVE_64(R2, SECRET) },
	{ ADD(R1, R2) },
	{ STORE(location, R1) },
	{ MOVE_N(R1, DROP_UNTOLD) },
	{ ARGUMENT(R1, ARG_REASON) },
	{ STORE(reason, R1) },

	/* The packet as the kernel sees it. */
	{ PACKET(R1, SKB_MARK) },
	{ STORE(mark, R1) },
	{ PACKET(R1, SKB_LEN) },
	{ STORE(length, R1) },
	{ PACKET(R1, SKB_IIF) },
	{ STORE(in, R1) },
	{ PACKET(R1, SKB_PROTOCOL) },
	{ HOST_16(R1) },
	{ STORE(protocol, R1) },
	{ PACKET(R3, SKB_DEV) },
	{ IF(BPF_JEQ, R3, 0, NO_INTERFACE) },
	READ(R3, DEVICE_IFINDEX),
	{ LABEL(NO_INTERFACE) },
	{ STORE(dev, R3) },

	/* Of conntrack the state, and whether there is an entry, not where. */
	{ PACKET(R1, SKB_NFCT) },
	{ MOVE(R2, R1) },
	{ AND_N(R2, 7) },
	{ STORE(ct, R2) },
	{ RIGHT_N(R1, 3) },
	{ IF(BPF_JEQ, R1, 0, NO_ENTRY) },
	{ MOVE_N(R1, 1) },
	{ LABEL(NO_ENTRY) },
	{ STORE(ct_entry, R1) },

	/* Its headers: what lies in one piece, and no byte of what lies behind that. */
	{ PACKET(R4, SKB_NETWORK_HEADER) },
	{ PACKET(R2, SKB_TAIL) },
	{ SUB(R2, R4) },
	{ IF(BPF_JSGE, R2, 0, NOT_NEGATIVE) },
	{ MOVE_N(R2, 0) },
	{ LABEL(NOT_NEGATIVE) },
	{ IF(BPF_JLE, R2, DROP_BYTES, NOT_LONG) },
	{ MOVE_N(R2, DROP_BYTES) },
	{ LABEL(NOT_LONG) },
	{ STORE(captured, R2) },
	{ PACKET(R3, SKB_HEAD) },
	{ ADD(R3, R4) },
	{ MOVE(R1, RECORD) },
	{ ADD_N(R1, offsetof(struct drop_record, bytes)) },
	{ CALL(BPF_FUNC_probe_read_kernel) },

	/* The reader looks by itself: to wake it for each would cost more than all this. */
	{ MOVE(R1, RECORD) },
	{ MOVE_N(R2, BPF_RB_NO_WAKEUP) },
	{ CALL(BPF_FUNC_ringbuf_submit) },
	{ GOTO(OUT) },

	{ LABEL(FULL) },
	{ MOVE_64(R1, LOST) },
	{ MOVE_N(R2, 1) },
	{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst = R1, .src = R2, .imm = BPF_ADD },

	{ LABEL(OUT) },
	{ MOVE_N(R0, 0) },
	{ EXIT },
};

/* The part of a packet's structure in which all fields lie, and where its copy begins. */
struct copy {
	int16_t from, bytes, at;
};

static struct copy copy_of(const struct drop_fields *f)
{
	struct copy c = { .from = INT16_MAX };
	int end = 0;

	for (unsigned int i = SKB_FIRST; i <= SKB_LAST; i++) {
		const struct drop_field_place *p = &f->at[i];

		if (p->offset < c.from)
			c.from = p->offset;
		if (p->offset + p->size > end)
			end = p->offset + p->size;
	}
	/* Whole words: a load from the stack has to be aligned. */
	c.from = (int16_t)(c.from & ~7);
	c.bytes = (int16_t)((end - c.from + 7) & ~7);
	c.at = (int16_t)(SLOT - c.bytes);
	return c;
}

/* Instructions that the line becomes. */
static unsigned int slots(const struct line *l, const struct drop_fields *f)
{
	if (l->label || l->needs > f->arguments)
		return 0;
	return l->code == LOAD_IMM64 ? 2 : 1;
}

static void find_labels(unsigned int at[LABELS], const struct drop_fields *f)
{
	unsigned int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (lines[i].label)
			at[lines[i].label] = count;
		count += slots(&lines[i], f);
	}
}

static uint8_t size_code(uint8_t bytes)
{
	return bytes == 8 ? BPF_DW : bytes == 4 ? BPF_W :
	       bytes == 2 ? BPF_H : BPF_B;
}

/* A descriptor, or a number of 64 bits in two instructions. */
static void fill_number(struct bpf_insn insn[2], uint8_t kind, uint64_t n)
{
	insn[0].src_reg = kind;
	insn[0].imm = (int32_t)n;
	insn[1] = (struct bpf_insn){ .imm = (int32_t)(n >> 32) };
}

static void fill_field(struct bpf_insn *insn, const struct line *l,
		       const struct drop_field_place *p, const struct copy *c)
{
	switch (l->blank) {
	case FIELD_PLACE:
		insn->code |= size_code(p->size);
		insn->off = p->offset;
		break;
	case FIELD_COPY:
		insn->code |= size_code(p->size);
		insn->off = (int16_t)(c->at + p->offset - c->from);
		break;
	case FIELD_SIZE:
		insn->code |= size_code(p->size);
		break;
	case FIELD_OFFSET:
		insn->imm = p->offset;
		break;
	case FIELD_BYTES:
		insn->imm = p->size;
		break;
	case FIELD_MASK:
		insn->imm = p->mask ? p->mask : UINT8_MAX;
		break;
	}
}

static void fill_value(struct bpf_insn *insn, enum blank blank,
		       const struct copy *c,
		       const struct drop_program_values *v)
{
	switch (blank) {
	case COPY_AT:
		insn->imm = c->at;
		break;
	case COPY_FROM:
		insn->imm = c->from;
		break;
	case COPY_BYTES:
		insn->imm = c->bytes;
		break;
	case NAMESPACE:
		insn->imm = (int32_t)v->net;
		break;
	case SECRET:
		fill_number(insn, 0, v->secret);
		break;
	case RING:
		fill_number(insn, BPF_PSEUDO_MAP_FD, (uint32_t)v->ring_fd);
		break;
	case LOST:
		fill_number(insn, BPF_PSEUDO_MAP_VALUE, (uint32_t)v->lost_fd);
		break;
	default:
		break;
	}
}

_Static_assert(2 * ARRAY_SIZE(lines) <= DROP_PROGRAM_MAX,
	       "DROP_PROGRAM_MAX is too small");

void drop_program_make(struct drop_program *p, const struct drop_fields *f,
		       const struct drop_program_values *v)
{
	unsigned int at[LABELS] = { 0 };
	const struct copy copy = copy_of(f);

	find_labels(at, f);
	p->count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct line *l = &lines[i];
		struct bpf_insn *insn = &p->insn[p->count];

		if (!slots(l, f))
			continue;
		*insn = (struct bpf_insn){
			.code = l->code, .dst_reg = l->dst, .src_reg = l->src,
			.off = l->off, .imm = l->imm,
		};
		fill_field(insn, l, &f->at[l->field], &copy);
		fill_value(insn, l->blank, &copy, v);
		p->count += slots(l, f);
		/* A jump counts from behind itself. */
		if (l->to)
			insn->off = (int16_t)(at[l->to] - p->count);
	}
}
