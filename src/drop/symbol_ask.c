// SPDX-License-Identifier: GPL-2.0-or-later
/* symbol_ask: the kernel's own word for which of its functions an address lies in. */
#include "drop/symbol_ask.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "drop/bpf_call.h"
#include "rules/base/helper.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"

/* As a backtrace has it: the address is where a call returns to. */
static const char format[8] = "%pB";

enum { PRINTED = 192, SYMBOL_SLOT = -8, SYMBOL_LOG_BYTES = 256 };

/* Since 5.13; older headers have no name for it. */
enum { SNPRINTF = 165 };

/* What it takes, until the helper that asks is gone. */
struct asking {
	int format, printed, program;
	const char *text;	/* what the program has printed */
};

static bool make_symbol_maps(struct asking *s)
{
	static const struct bpf_map_wanted text = {
		.name = "nftrace_format",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(format),
		.max_entries = 1,
		.flags = BPF_F_RDONLY_PROG,
	}, printed = {
		.name = "nftrace_symbol",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = PRINTED,
		.max_entries = 1,
		.flags = BPF_F_MMAPABLE,
	};
	void *at;

	s->format = bpf_map_make(&text);
	s->printed = bpf_map_make(&printed);
	if (s->format < 0 || s->printed < 0 ||
	    bpf_map_fix(s->format, format) < 0)
		return false;
	at = mmap(NULL, PRINTED, PROT_READ, MAP_SHARED, s->printed, 0);
	s->text = at == MAP_FAILED ? NULL : at;
	return s->text;
}

/* Its context is the address. */
static bool load(struct asking *s)
{
	const struct bpf_insn insn[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_1 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10,
		  .src_reg = BPF_REG_1, .off = SYMBOL_SLOT },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = s->printed },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2,
		  .imm = PRINTED },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_3,
		  .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = s->format },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_4,
		  .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_4,
		  .imm = SYMBOL_SLOT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_5,
		  .imm = sizeof(uint64_t) },
		{ .code = BPF_JMP | BPF_CALL, .imm = SNPRINTF },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[SYMBOL_LOG_BYTES];
	const struct bpf_program_wanted wanted = {
		.name = "nftrace_symbol",
		.insn = insn,
		.count = ARRAY_SIZE(insn),
		.log = log,
		.log_size = sizeof(log),
	};

	s->program = bpf_program_load(&wanted);
	return s->program >= 0;
}

void symbol_ask_read(char text[KALLSYMS_TEXT], const char *printed)
{
	const char *plus = strchr(printed, '+');
	size_t name, offset;

	text[0] = '\0';
	if (!plus || plus == printed)
		return;
	/* Not at its first character: some architectures begin with one. */
	name = 1 + strcspn(printed + 1, ".+");
	name = name < KALLSYMS_NAME ? name : KALLSYMS_NAME;
	offset = strcspn(plus, "/ ");
	if (name + offset >= KALLSYMS_TEXT)
		return;
	memcpy(text, printed, name);
	memcpy(text + name, plus, offset);
	text[name + offset] = '\0';
}

/* What nobody can change meanwhile: the program runs at once. */
static bool ask_all(const struct asking *s, const struct kallsyms_question *q,
		    struct kallsyms_answer *a)
{
	char printed[PRINTED];

	for (uint32_t i = 0; i < q->count; i++) {
		if (bpf_program_run(s->program, &q->address[i],
				    sizeof(q->address[i])) < 0)
			return false;
		memcpy(printed, s->text, sizeof(printed));
		printed[sizeof(printed) - 1] = '\0';
		symbol_ask_read(a->text[i], printed);
	}
	return true;
}

static void let_go(const struct asking *s)
{
	const int fd[] = { s->format, s->printed, s->program };

	if (s->text)
		munmap((void *)s->text, PRINTED);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

bool symbol_ask(const struct kallsyms_question *q, struct kallsyms_answer *a)
{
	struct asking s = { .format = -1, .printed = -1, .program = -1 };
	bool told = make_symbol_maps(&s) && load(&s) && ask_all(&s, q, a);

	let_go(&s);
	return told;
}

int symbol_ask_job(const void *arg, struct helper_out *out)
{
	struct kallsyms_answer *a = helper_reserve(out, sizeof(*a));
	FILE *f;

	if (!a)
		return helper_status(-errno);
	TESTPOINT("before-symbols");
	if (symbol_ask(arg, a))
		return 0;
	f = fopen("/proc/kallsyms", "re");
	if (!f)
		return helper_status(-errno);
	kallsyms_search(f, arg, a);
	fclose(f);
	return 0;
}
