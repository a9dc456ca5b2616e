// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_fields_test: what the program needs is found in any kernel's BTF, or is said to be missing. */
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "drop/bpf_call.h"
#include "drop/fields.h"
#include "drop/program.h"
#include "drop/reason.h"
#include "drop/types.h"
#include "rules/base/units.h"
#include "tests/unit/in_range.h"

static struct drop_reasons names;

/* ---- kernels that there are not */

/* The types of a kernel, as far as they matter here. */
struct kernel {
	struct btf *btf;
	int u8, u16, u32, u64, pointer;
};

static int add_struct(struct kernel *k, const char *name)
{
	return btf__add_struct(k->btf, name, 4096);
}

static void add_field(struct kernel *k, const char *name, int type, uint32_t byte)
{
	assert_int_equal(btf__add_field(k->btf, name, type, byte * 8, 0), 0);
}

/* @arguments: of kfree_skb, beside the tracepoint's own; negative: there is none */
static void add_tracepoint(struct kernel *k, int arguments)
{
	int proto, pointer;

	if (arguments < 0)
		return;
	proto = btf__add_func_proto(k->btf, 0);
	for (int i = 0; i <= arguments; i++)
		assert_int_equal(btf__add_func_param(k->btf, NULL, k->pointer),
				 0);
	pointer = btf__add_ptr(k->btf, proto);
	assert_true(btf__add_typedef(k->btf, "btf_trace_kfree_skb", pointer) > 0);
}

static int start_kernel(struct kernel *k, int arguments)
{
	k->btf = btf__new_empty();
	if (libbpf_get_error(k->btf))
		return -1;
	k->u8 = btf__add_int(k->btf, "unsigned char", 1, 0);
	k->u16 = btf__add_int(k->btf, "unsigned short", 2, 0);
	k->u32 = btf__add_int(k->btf, "unsigned int", 4, 0);
	k->u64 = btf__add_int(k->btf, "unsigned long", 8, 0);
	k->pointer = btf__add_ptr(k->btf, 0);
	add_tracepoint(k, arguments);
	return 0;
}

/* All of them walked.  Return: as types_open(). */
static int open_all(struct types *t, const void *data, size_t size)
{
	int err = types_open(t, data, size, NULL, 0);

	if (err)
		return err;
	assert_int_equal(t->count, 0);
	return types_walk(t) ? 0 : -EINVAL;
}

/* The program's part: the bytes that the library made, read. */
static int find(const struct kernel *k, struct drop_fields *f,
		const char **missing)
{
	uint32_t size;
	const void *data = btf__raw_data(k->btf, &size);
	struct type_wanted w[DROP_TYPES];
	struct types t;
	int err;

	assert_non_null(data);
	drop_fields_want(w);
	assert_int_equal(types_open(&t, data, size, w, DROP_TYPES), 0);
	err = drop_fields_find(f, &names, &t, w, missing);
	assert_true(types_walk(&t));
	assert_int_equal(t.count, btf__type_cnt(k->btf) - 1);
	types_close(&t);
	return err;
}

/* sk_buff's inner part, of which struct_group() makes two copies in one union. */
static int add_headers(struct kernel *k, const char *name, uint32_t trace_bit)
{
	int id = btf__add_struct(k->btf, name, 80);

	add_field(k, "__pkt_type_offset", k->u8, 0);
	if (trace_bit != UINT32_MAX)
		assert_int_equal(btf__add_field(k->btf, "nf_trace", k->u8,
						trace_bit, 1), 0);
	add_field(k, "skb_iif", k->u32, 4);
	add_field(k, "mark", k->u32, 8);
	add_field(k, "protocol", k->u16, 12);
	add_field(k, "network_header", k->u16, 14);
	return id;
}

/* dev lies in a union in a structure in a union, none of which has a name. */
static int add_front(struct kernel *k)
{
	int device, list, front;

	device = btf__add_union(k->btf, NULL, 8);
	add_field(k, "dev", k->pointer, 0);
	add_field(k, "dev_scratch", k->u64, 0);
	list = btf__add_struct(k->btf, NULL, 24);
	add_field(k, "next", k->pointer, 0);
	add_field(k, "prev", k->pointer, 8);
	add_field(k, NULL, device, 16);
	front = btf__add_union(k->btf, NULL, 24);
	add_field(k, NULL, list, 0);
	return front;
}

/* @trace_bit: of nf_trace in the inner part; UINT32_MAX: it has none */
static void add_packet(struct kernel *k, uint32_t trace_bit)
{
	int anonymous = add_headers(k, NULL, trace_bit);
	int named = add_headers(k, NULL, trace_bit), front = add_front(k), both;

	both = btf__add_union(k->btf, NULL, 80);
	add_field(k, NULL, anonymous, 0);
	add_field(k, "headers", named, 0);
	add_struct(k, "sk_buff");
	add_field(k, NULL, front, 0);
	add_field(k, "sk", k->pointer, 24);
	add_field(k, "tstamp", k->u64, 32);
	add_field(k, "_nfct", k->u64, 104);
	add_field(k, "len", k->u32, 112);
	add_field(k, NULL, both, 128);
	add_field(k, "tail", k->u32, 208);
	add_field(k, "head", k->pointer, 216);
}

/* struct { struct net *net; } behind a typedef, as possible_net_t is. */
static void add_others(struct kernel *k)
{
	int net, common, ns;

	add_struct(k, NULL);
	add_field(k, "net", k->pointer, 0);
	net = btf__add_typedef(k->btf, "possible_net_t",
			       (int)btf__type_cnt(k->btf) - 1);
	add_struct(k, "net_device");
	add_field(k, "ifindex", k->u32, 224);
	add_field(k, "nd_net", net, 280);
	common = add_struct(k, "sock_common");
	add_field(k, "skc_net", net, 48);
	add_struct(k, "sock");
	add_field(k, "__sk_common", common, 8);
	ns = add_struct(k, "ns_common");
	add_field(k, "inum", k->u32, 24);
	add_struct(k, "net");
	add_field(k, "ns", ns, 120);
}

static void test_members_of_members(void **state)
{
	struct drop_fields f;
	struct kernel k;
	const char *missing = NULL;

	(void)state;
	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, 3 * 8 + 5);
	add_others(&k);
	assert_int_equal(find(&k, &f, &missing), 0);
	assert_int_equal(f.at[SKB_NF_TRACE].offset, 128 + 3);
	assert_int_equal(f.at[SKB_NF_TRACE].size, 1);
	assert_int_equal(f.at[SKB_NF_TRACE].mask,
			 BYTE_ORDER == LITTLE_ENDIAN ? 1 << 5 : 0x80 >> 5);
	assert_int_equal(f.at[SKB_DEV].offset, 16);
	assert_int_equal(f.at[SKB_PROTOCOL].offset, 128 + 12);
	assert_int_equal(f.at[SKB_PROTOCOL].size, 2);
	assert_int_equal(f.at[SKB_TSTAMP].size, 8);
	assert_int_equal(f.at[SKB_TSTAMP].mask, 0);
	assert_int_equal(f.at[DEVICE_NET].offset, 280);
	assert_int_equal(f.at[SOCK_NET].offset, 8 + 48);
	assert_int_equal(f.at[NET_INUM].offset, 120 + 24);
	assert_int_equal(f.at[NET_INUM].size, 4);
	btf__free(k.btf);
}

static void test_what_is_missing_is_named(void **state)
{
	struct drop_fields f;
	struct kernel k;
	const char *missing = NULL;

	(void)state;
	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, UINT32_MAX);
	add_others(&k);
	assert_int_equal(find(&k, &f, &missing), -ENOENT);
	assert_string_equal(missing, "sk_buff.nf_trace");
	btf__free(k.btf);

	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, 0);
	assert_int_equal(find(&k, &f, &missing), -ENOENT);
	assert_string_equal(missing, "net_device.nd_net.net");
	btf__free(k.btf);
}

static void test_what_no_load_reads(void **state)
{
	struct drop_fields f;
	struct kernel k;
	const char *missing = NULL;
	int array;

	(void)state;
	/* 12 bytes. */
	assert_int_equal(start_kernel(&k, 4), 0);
	array = btf__add_array(k.btf, k.u32, k.u8, 3);
	add_struct(&k, "sk_buff");
	add_field(&k, "nf_trace", array, 8);
	assert_int_equal(find(&k, &f, &missing), -ERANGE);
	assert_string_equal(missing, "sk_buff.nf_trace");
	btf__free(k.btf);
}

static void test_arguments(void **state)
{
	struct drop_fields f;
	struct kernel k;
	const char *missing;

	(void)state;
	for (int arguments = -1; arguments <= 5; arguments++) {
		assert_int_equal(start_kernel(&k, arguments), 0);
		add_packet(&k, 0);
		add_others(&k);
		assert_int_equal(find(&k, &f, &missing),
				 arguments < 2 ? -ESRCH : 0);
		if (arguments >= 2)
			assert_int_equal(f.arguments, arguments);
		btf__free(k.btf);
	}
}

static void test_reasons(void **state)
{
	struct drop_fields f;
	struct kernel k;
	const char *missing;

	(void)state;
	assert_int_equal(start_kernel(&k, 2), 0);
	find(&k, &f, &missing);
	assert_int_equal(names.count, 0);
	assert_null(drop_reason_name(&names, 5));
	assert_null(drop_reason_name(NULL, 5));
	assert_true(btf__add_enum(k.btf, "skb_drop_reason", 4) > 0);
	btf__add_enum_value(k.btf, "SKB_NOT_DROPPED_YET", 0);
	btf__add_enum_value(k.btf, "SKB_CONSUMED", 1);
	btf__add_enum_value(k.btf, "SKB_DROP_REASON_NO_SOCKET", 9);
	btf__add_enum_value(k.btf, "SKB_DROP_REASON_NOT_SPECIFIED", 2);
	btf__add_enum_value(k.btf, "SKB_DROP_REASON_MAX", 10);
	btf__add_enum_value(k.btf, "SKB_DROP_REASON_SUBSYS_MASK", 0xffff0000);
	find(&k, &f, &missing);
	assert_int_equal(names.count, 2);
	assert_string_equal(drop_reason_name(&names, 9), "NO_SOCKET");
	assert_string_equal(drop_reason_name(&names, 2), "NOT_SPECIFIED");
	for (uint32_t i = 0; i < 2; i++)
		assert_null(drop_reason_name(&names, i));
	assert_null(drop_reason_name(&names, 10));
	assert_null(drop_reason_name(&names, 1 << 16 | 9));
	assert_null(drop_reason_name(&names, 0xffff0000));
	btf__free(k.btf);
}

/* ---- BTF as nobody makes it */

static void test_broken(void **state)
{
	unsigned char *copy;
	struct type_wanted w[DROP_TYPES];
	struct drop_fields f;
	struct kernel k;
	struct types t;
	const char *missing;
	const void *data;
	uint32_t size;

	(void)state;
	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, 0);
	add_others(&k);
	data = btf__raw_data(k.btf, &size);
	/* Cut off anywhere, in memory that ends there. */
	for (uint32_t len = 0; len < size; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, data, len);
		assert_int_equal(open_all(&t, copy, len), -EINVAL);
		types_close(&t);
		free(copy);
	}
	/* Any byte another: it is refused, or something is found or not. */
	for (uint32_t at = 0; at < size; at++) {
		copy = malloc(size);
		memcpy(copy, data, size);
		copy[at] ^= 0x55;
		drop_fields_want(w);
		if (types_open(&t, copy, size, w, DROP_TYPES) == 0)
			drop_fields_find(&f, &names, &t, w, &missing);
		types_close(&t);
		free(copy);
	}
	btf__free(k.btf);
}

/* ---- BTF of a newer kernel (Linux 7, include/uapi/linux/btf.h) */

enum { NEW_KIND = 40, GROWN = 8 };

/*
 * The same types behind a header that has grown, one of a new kind behind them, whose
 * two members are 8 bytes each behind one of 4, and where asked for a layout that says so.
 */
static unsigned char *grow(const struct kernel *k, bool with_layout, uint32_t *size)
{
	const uint32_t extra[8] = { 0, NEW_KIND << 24 | 2, 0, 1, 2, 3, 4, 5 };
	unsigned char layout[4 * (NEW_KIND + 1)] = { 0 };
	const struct btf_header *h;
	const unsigned char *data = btf__raw_data(k->btf, size), *parts;
	uint32_t head[8], place[2];
	unsigned char *to, *at;

	h = (const struct btf_header *)data;
	assert_int_equal(h->hdr_len, 24);
	assert_int_equal(h->type_off, 0);
	assert_int_equal(h->str_off, h->type_len);
	parts = data + h->hdr_len;
	memcpy(head, data, 24);
	place[0] = h->type_len + sizeof(extra) + h->str_len;
	place[1] = with_layout ? sizeof(layout) : 0;
	head[1] = 24 + GROWN;			/* hdr_len, type_off, type_len, str_off */
	head[3] += sizeof(extra);
	head[4] += sizeof(extra);
	memcpy(head + 6, place, sizeof(place));
	layout[4 * NEW_KIND] = 4;
	layout[4 * NEW_KIND + 1] = 8;
	*size = (uint32_t)sizeof(head) + place[0] + place[1];
	to = at = malloc(*size);
	assert_non_null(to);
	at = mempcpy(at, head, sizeof(head));
	at = mempcpy(at, parts, h->type_len);
	at = mempcpy(at, extra, sizeof(extra));
	at = mempcpy(at, parts + h->type_len, h->str_len);
	memcpy(at, layout, place[1]);
	return to;
}

static void test_newer_kernel(void **state)
{
	struct type_wanted w[DROP_TYPES];
	struct drop_fields f, grown;
	struct kernel k;
	struct types t;
	const char *missing;
	unsigned char *data;
	uint32_t size;

	(void)state;
	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, 0);
	add_others(&k);
	memset(&f, 0, sizeof(f));
	memset(&grown, 0, sizeof(grown));
	assert_int_equal(find(&k, &f, &missing), 0);
	data = grow(&k, true, &size);
	drop_fields_want(w);
	assert_int_equal(types_open(&t, data, size, w, DROP_TYPES), 0);
	assert_int_equal(drop_fields_find(&grown, &names, &t, w, &missing), 0);
	assert_true(types_walk(&t));
	assert_int_equal(t.count, btf__type_cnt(k.btf));
	assert_memory_equal(&grown, &f, sizeof(f));
	assert_int_equal(types_size(&t, t.count), 0);
	types_close(&t);
	/* Cut off within the layout, too. */
	for (uint32_t len = size - 4 * (NEW_KIND + 1); len < size; len++) {
		unsigned char *copy = malloc(len);

		memcpy(copy, data, len);
		assert_int_equal(open_all(&t, copy, len), -EINVAL);
		types_close(&t);
		free(copy);
	}
	free(data);
	/* Nobody says how long such a type is. */
	data = grow(&k, false, &size);
	assert_int_equal(open_all(&t, data, size), -EINVAL);
	types_close(&t);
	free(data);
	btf__free(k.btf);
}

/* ---- the program that is made of it */

/* Every jump leads to an instruction, none into the middle of one. */
static void check_jumps(const struct drop_program *p)
{
	bool second[DROP_PROGRAM_MAX] = { false };

	for (unsigned int i = 0; i < p->count; i++)
		if (p->insn[i].code == (BPF_LD | BPF_DW | BPF_IMM))
			second[++i] = true;
	for (unsigned int i = 0; i < p->count; i++) {
		uint8_t class = BPF_CLASS(p->insn[i].code);
		uint8_t op = BPF_OP(p->insn[i].code);
		unsigned int to = i + 1 + (unsigned int)p->insn[i].off;

		if (second[i] || (class != BPF_JMP && class != BPF_JMP32) ||
		    op == BPF_CALL || op == BPF_EXIT)
			continue;
		assert_uint_in_range(to, i + 1, p->count - 1);
		assert_false(second[to]);
	}
	assert_int_equal(p->insn[p->count - 1].code, BPF_JMP | BPF_EXIT);
}

static void test_program(void **state)
{
	struct drop_program_values v = {
		.ring_fd = 5, .lost_fd = 6, .net = 0xf0000098,
		.secret = UINT64_C(0x1122334455667788),
	};
	struct drop_program p, fewer = { .count = 0 };
	struct drop_fields f = { .arguments = 0 };
	const char *missing;
	struct kernel k;

	(void)state;
	assert_int_equal(start_kernel(&k, 4), 0);
	add_packet(&k, 3);
	add_others(&k);
	assert_int_equal(find(&k, &f, &missing), 0);
	for (f.arguments = 2; f.arguments <= 5; f.arguments++) {
		drop_program_make(&p, &f, &v);
		check_jumps(&p);
		/* A line more for the reason, and one for the receiving socket. */
		assert_int_equal(p.count, !fewer.count ? p.count :
				 fewer.count + (f.arguments <= 4));
		fewer = p;
	}
	btf__free(k.btf);
}

/* ---- the kernel that runs here */

static struct {
	bool there;		/* it describes its types, and has the tracepoint */
	struct drop_fields f;
} running;

/*
 * Of a kernel whose addresses are as wide as the program's: else it is not loaded
 * (DROP_NARROW).  NULL: there is none.
 */
static struct btf *running_types(void)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (libbpf_get_error(btf))
		return NULL;
	if (btf__pointer_size(btf) == sizeof(void *))
		return btf;
	btf__free(btf);
	return NULL;
}

static void read_running(void)
{
	struct btf *btf = running_types();
	const char *missing = "";
	struct type_wanted w[DROP_TYPES];
	const void *data;
	struct types t;
	uint32_t size;
	int err;

	if (!btf)
		return;
	data = btf__raw_data(btf, &size);
	drop_fields_want(w);
	assert_int_equal(types_open(&t, data, size, w, DROP_TYPES), 0);
	/* All that is needed stands in the first half: the rest is not walked. */
	assert_true(t.count < btf__type_cnt(btf));
	err = drop_fields_find(&running.f, &names, &t, w, &missing);
	assert_true(types_walk(&t));
	assert_int_equal(t.count, btf__type_cnt(btf) - 1);
	types_close(&t);
	btf__free(btf);
	running.there = err != -ESRCH;
	if (running.there)
		assert_int_equal(err, 0);
}

/* Each of its types is where the library says, and has the size that it says. */
static void test_as_the_library_reads_it(void **state)
{
	struct btf *btf = running_types();
	const void *data;
	struct types t;
	uint32_t size;

	(void)state;
	if (!btf)
		skip();
	data = btf__raw_data(btf, &size);
	assert_int_equal(open_all(&t, data, size), 0);
	for (uint32_t id = 1; id < btf__type_cnt(btf); id += 7) {
		const struct btf_type *theirs = btf__type_by_id(btf, id);
		int64_t bytes = btf__resolve_size(btf, id);
		uint32_t ours = types_size(&t, id);

		assert_ptr_equal(types_at(&t, id), theirs);
		if (ours)
			assert_int_equal(ours, bytes);
	}
	assert_null(types_at(&t, 0));
	assert_null(types_at(&t, btf__type_cnt(btf)));
	types_close(&t);
	btf__free(btf);
}

static void test_running_kernel(void **state)
{
	const struct drop_field_place *trace = &running.f.at[SKB_NF_TRACE];

	(void)state;
	read_running();
	if (!running.there)
		skip();
	assert_uint_in_range(running.f.arguments, 2, 5);
	assert_int_equal(trace->size, 1);
	/* One bit. */
	assert_int_equal(trace->mask & (trace->mask - 1), 0);
	assert_int_not_equal(trace->mask, 0);
	assert_int_equal(running.f.at[SKB_DEV].offset, 2 * sizeof(void *));
	if (running.f.arguments < 3)
		return;
	assert_true(names.count > 10);
	for (uint32_t i = 0; i < names.count; i++) {
		const char *name = names.reason[i].name;

		assert_ptr_equal(drop_reason_name(&names,
						  names.reason[i].value), name);
		assert_true(strlen(name) > 1);
		assert_true(strlen(name) < DROP_REASON_NAME - 1);
		assert_null(strstr(name, "SKB_DROP_"));
	}
}

/* The verifier takes each form of the program that this kernel's arguments allow. */
static void test_verifier(void **state)
{
	static const struct bpf_map_wanted ring = {
		.name = "t", .type = BPF_MAP_TYPE_RINGBUF, .max_entries = 1 << 16,
	}, lost = {
		.name = "t", .type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 8, .max_entries = 1, .flags = BPF_F_MMAPABLE,
	};
	struct drop_program_values v = { .net = 1, .secret = UINT64_MAX };
	struct drop_fields f = running.f;
	struct drop_program p;
	struct bpf_program_wanted w = {
		.name = "t", .insn = p.insn, .tracepoint = f.tracepoint,
	};
	int fd;

	(void)state;
	if (!running.there || sizeof(long) < 8)
		skip();
	v.ring_fd = bpf_map_make(&ring);
	v.lost_fd = bpf_map_make(&lost);
	if (v.ring_fd < 0 || v.lost_fd < 0)
		skip();
	for (; f.arguments >= 2; f.arguments--) {
		drop_program_make(&p, &f, &v);
		w.count = p.count;
		fd = bpf_program_load(&w);
		assert_true(fd >= 0);
		close(fd);
	}
	close(v.ring_fd);
	close(v.lost_fd);
}

/* What it refuses it says words about, and a run tells the last of them. */
static void test_refused(void **state)
{
	/* It ends without a result. */
	static const struct bpf_insn insn[] = {
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[4096] = "";
	struct bpf_program_wanted w = {
		.name = "t", .insn = insn, .count = ARRAY_SIZE(insn),
		.tracepoint = running.f.tracepoint,
		.log = log, .log_size = sizeof(log),
	};

	(void)state;
	if (!running.there || sizeof(long) < 8)
		skip();
	assert_int_equal(bpf_program_load(&w), -1);
	/* qemu-user has no bpf(2). */
	if (errno == EPERM || errno == ENOSYS)
		skip();
	assert_int_equal(errno, EACCES);
	assert_non_null(strstr(log, "R0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_of_members),
		cmocka_unit_test(test_what_is_missing_is_named),
		cmocka_unit_test(test_what_no_load_reads),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_newer_kernel),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_as_the_library_reads_it),
		cmocka_unit_test(test_running_kernel),
		cmocka_unit_test(test_verifier),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
