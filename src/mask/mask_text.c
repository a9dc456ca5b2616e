// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_text: sentences in output for strangers. */
#include "mask/mask_text.h"

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "mask/mask.h"
#include "mask/mask_address.h"
#include "mask/mask_name.h"
#include "mask/mask_words.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

enum { VOCABULARY_SLOTS = 1 << 16, WORD_MAX = 64 };

/* Hashes of the words; 0: free. */
static uint64_t *vocabulary;

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       c == '_' || c == '-' || c == '+' || c == '@' || c == '.' ||
	       (c & 0x80);
}

static uint64_t hash_of_word(struct strview w)
{
	uint64_t hash = hash_name(0, w.at, w.len);

	return hash ? hash : 1;
}

static bool knows(struct strview w)
{
	uint64_t hash = hash_of_word(w);

	for (uint32_t i = 0; i < VOCABULARY_SLOTS; i++) {
		uint64_t there = vocabulary[(hash + i) % VOCABULARY_SLOTS];

		if (there == hash || !there)
			return there == hash;
	}
	return false;
}

static void learn(struct strview w)
{
	uint64_t hash = hash_of_word(w);

	for (uint32_t i = 0; i < VOCABULARY_SLOTS / 2; i++) {
		uint64_t *there = &vocabulary[(hash + i) % VOCABULARY_SLOTS];

		if (*there && *there != hash)
			continue;
		*there = hash;
		return;
	}
}

static struct strview trim(struct strview w)
{
	while (w.len && strchr(".-+", w.at[w.len - 1]))
		w.len--;
	return w;
}

/* "eth0" of an example is somebody's interface. */
static bool has_digit(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] >= '0' && word[i] <= '9')
			return true;
	return false;
}

/*
 * Texts that were written in the source: bytes that can be printed, and their end.
 * These texts stand beside what a sanitizer puts between them.
 */
__attribute__((no_sanitize_address))
static void learn_texts(const char *at, const char *end)
{
	char word[WORD_MAX];
	size_t n = 0;

	for (; at < end; at++) {
		if (is_word_byte(*at) && !(*at & 0x80)) {
			if (n < WORD_MAX)
				word[n] = *at;
			n++;
			continue;
		}
		if (n > 1 && n <= WORD_MAX && !has_digit(word, n))
			learn(trim((struct strview){ word, n }));
		n = 0;
	}
}

/* The first object is the program itself: what of it is only read. */
static int learn_program(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (unsigned int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const char *at = (const char *)(info->dlpi_addr + p->p_vaddr);

		if (p->p_type == PT_LOAD && (p->p_flags & (PF_R | PF_W | PF_X)) ==
					    PF_R)
			learn_texts(at, at + p->p_filesz);
	}
	return 1;
}

int mask_text_begin(void)
{
	vocabulary = calloc(VOCABULARY_SLOTS, sizeof(*vocabulary));
	if (!vocabulary)
		return -ENOMEM;
	dl_iterate_phdr(learn_program, NULL);
	return 0;
}

/* "3", "0x4", "2.5", "30s", "10MiB" */
static bool is_number_word(struct strview w)
{
	static const char *const units[] = {
		"", "s", "ms", "us", "ns", "m", "h", "MiB", "KiB", "B", "%",
	};
	struct strview rest = w;
	size_t n = 0;

	/* "-6" is an option. */
	strview_take(&w, "-");
	if (strview_take(&rest, "0x")) {
		while (n < rest.len && strview_digit(rest.at[n]) >= 0)
			n++;
		return n && n == rest.len;
	}
	while (n < w.len && ((w.at[n] >= '0' && w.at[n] <= '9') ||
			     (n && strchr(".-+", w.at[n]))))
		n++;
	rest = strview_behind(w, n);
	for (size_t i = 0; n && i < ARRAY_SIZE(units); i++)
		if (strview_is(rest, units[i]))
			return true;
	return false;
}

/* As it is, or as a format makes it: "packets", "ip6tables". */
static bool is_own(struct strview w)
{
	struct strview one = w;

	if (knows(w) || mask_words_has(w))
		return true;
	if (w.len < 3 || w.at[w.len - 1] != 's')
		return false;
	one.len--;
	return knows(one);
}

static void put_text_word(struct strbuf *to, struct strview s)
{
	strbuf_add(to, "%.*s", (int)s.len, s.at);
}

static void put_masked_word(struct mask *m, struct strbuf *to, struct strview w)
{
	struct strview word = trim(w);
	struct strview end = strview_behind(w, word.len);
	enum mask_kind kind = MASK_NAME;

	if (mask_is_masked(word) || is_number_word(word) || word.len < 2)
		put_text_word(to, word);
	else if (mask_is_plain_chain(word))
		mask_chain(m, to, word);
	else if (mask_is_known(m, &kind, word.at, word.len) || !is_own(word))
		mask_name(m, to, kind, word);
	else
		put_text_word(to, word);
	put_text_word(to, end);
}

void mask_text(struct mask *m, struct strbuf *to, struct strview text)
{
	while (text.len) {
		size_t n = 0;

		if (mask_take_address(m, to, &text))
			continue;
		while (n < text.len && is_word_byte(text.at[n]))
			n++;
		if (n)
			put_masked_word(m, to, (struct strview){ text.at, n });
		else
			put_text_word(to, (struct strview){ text.at, 1 });
		text = strview_behind(text, n ? n : 1);
	}
}
