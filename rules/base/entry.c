// SPDX-License-Identifier: GPL-2.0-or-later
/* entry: walks and patches the kernel's rule bytes. */
#include "rules/base/entry.h"

#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_time.h>
#include <string.h>

#include "rules/base/family.h"

static uint16_t read_u16(const void *entry, size_t offset)
{
	uint16_t v;

	memcpy(&v, (const char *)entry + offset, sizeof(v));
	return v;
}

uint16_t entry_next_offset(const struct family *f, const void *entry)
{
	return read_u16(entry, f->next_offset);
}

const struct xt_entry_target *entry_target(const struct family *f,
					   const void *entry)
{
	return (const void *)((const char *)entry +
			      read_u16(entry, f->target_offset));
}

const struct xt_counters *entry_counters(const struct family *f,
					 const void *entry)
{
	return (const void *)((const char *)entry + f->counters);
}

struct xt_entry_match *entry_next_match(const struct family *f,
					const void *entry,
					const struct xt_entry_match *prev)
{
	const char *base = entry;
	const char *next = prev ?
		(const char *)prev + prev->u.match_size : base + f->entry_size;

	if (next >= base + read_u16(entry, f->target_offset))
		return NULL;
	return (struct xt_entry_match *)next;
}

bool entry_unconditional(const struct family *f, const void *entry)
{
	const unsigned char *ip = entry;

	if (read_u16(entry, f->target_offset) != f->entry_size)
		return false;
	for (size_t i = 0; i < f->ip_size; i++)
		if (ip[i])
			return false;
	return true;
}

bool entry_is_goto(const struct family *f, const void *entry)
{
	return ((const unsigned char *)entry)[f->flags_offset] & f->flag_goto;
}

static struct xt_entry_match *last_match(const struct family *f,
					 const void *entry, const char *name)
{
	struct xt_entry_match *m = NULL, *found = NULL;

	while ((m = entry_next_match(f, entry, m)))
		if (strcmp(m->u.user.name, name) == 0)
			found = m;
	return found;
}

const char *entry_comment(const struct family *f, const void *entry)
{
	const struct xt_entry_match *m = last_match(f, entry, "comment");
	const struct xt_comment_info *info;

	if (!m)
		return NULL;
	info = (const void *)m->data;
	if (!memchr(info->comment, '\0', sizeof(info->comment)))
		return NULL;
	return info->comment;
}

bool entry_set_comment(const struct family *f, void *entry, const char *text)
{
	struct xt_entry_match *m = last_match(f, entry, "comment");
	struct xt_comment_info *info;

	if (!m)
		return false;
	info = (void *)m->data;
	memset(info->comment, 0, sizeof(info->comment));
	memcpy(info->comment, text,
	       strnlen(text, sizeof(info->comment) - 1));
	return true;
}

bool entry_set_deadline(const struct family *f, void *entry, uint32_t stop)
{
	struct xt_entry_match *m = last_match(f, entry, "time");
	struct xt_time_info *info;

	if (!m)
		return false;
	info = (void *)m->data;
	info->date_stop = stop;
	return true;
}

bool entry_valid(const struct family *f, const void *entry, size_t len)
{
	const char *base = entry;
	size_t target, next, at;

	if (len < f->entry_size)
		return false;
	target = read_u16(entry, f->target_offset);
	next = read_u16(entry, f->next_offset);
	if (target < f->entry_size || next > len ||
	    target + sizeof(struct xt_entry_target) > next)
		return false;
	for (at = f->entry_size; at < target; ) {
		const struct xt_entry_match *m = (const void *)(base + at);

		if (target - at < sizeof(*m) ||
		    m->u.match_size < sizeof(*m) ||
		    m->u.match_size > target - at ||
		    memchr(m->u.user.name, '\0',
			   sizeof(m->u.user.name)) == NULL)
			return false;
		at += m->u.match_size;
	}
	return true;
}
