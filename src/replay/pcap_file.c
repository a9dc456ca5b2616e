// SPDX-License-Identifier: GPL-2.0-or-later
/* pcap_file: reads pcapng: packets, their times and their comments. */
#include "replay/pcap_file.h"

#include <byteswap.h>
#include <errno.h>
#include <string.h>

#include "record/pcapng.h"
#include "replay/line_reader.h"
#include "rules/base/units.h"

enum {
	BLOCK_LEAST = 12,	/* type, length, length */
	PACKET_HEAD = 20,
	INTERFACE_HEAD = 8,
	SECTION_HEAD = 16,
	MICROSECONDS = 1000000,
};

static uint16_t get_u16(const void *at, bool swapped)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return swapped ? bswap_16(v) : v;
}

static uint32_t get_u32(const void *at, bool swapped)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return swapped ? bswap_32(v) : v;
}

enum pcap_file_type pcap_file_type(const char *first, size_t len)
{
	static const uint32_t old[] = { 0xa1b2c3d4, 0xa1b23c4d };
	uint32_t magic;

	if (len < sizeof(magic))
		return PCAP_FILE_OTHER;
	magic = get_u32(first, false);
	if (magic == PCAPNG_SECTION)	/* the same in either order */
		return PCAP_FILE_NG;
	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		if (magic == old[i] || bswap_32(magic) == old[i])
			return PCAP_FILE_OLD;
	return PCAP_FILE_OTHER;
}

void pcap_file_open(struct pcap_file *f, struct line_reader *in)
{
	memset(f, 0, sizeof(*f));
	f->in = in;
}

/* The next option; its value is inside [*at, len).  Return: false at the end. */
static bool next_option(const uint8_t *options, size_t len, bool swapped,
			size_t *at, uint16_t *code, const uint8_t **value,
			uint16_t *value_len)
{
	if (len < 4 || *at > len - 4)
		return false;
	*code = get_u16(options + *at, swapped);
	*value_len = get_u16(options + *at + 2, swapped);
	*value = options + *at + 4;
	if (*code == 0 || *value_len > len - *at - 4)
		return false;
	*at += 4 + ((*value_len + 3u) & ~3u);
	return true;
}

/* Units of time a second: if_tsresol is a power of ten, or of two. */
static uint64_t time_units(uint8_t resolution)
{
	uint64_t units = 1;

	if (resolution & 0x80)
		return (resolution & 0x7f) < 64 ? 1ull << (resolution & 0x7f)
						: 0;
	if (resolution > 19)
		return 0;
	while (resolution--)
		units *= 10;
	return units;
}

static void take_interface(struct pcap_file *f, const uint8_t *body,
			   size_t len)
{
	uint64_t units = MICROSECONDS;
	const uint8_t *value;
	uint16_t code, value_len;
	size_t at = 0;

	if (len < INTERFACE_HEAD || f->interfaces == PCAP_FILE_INTERFACES)
		return;
	while (next_option(body + INTERFACE_HEAD, len - INTERFACE_HEAD,
			   f->swapped, &at, &code, &value, &value_len))
		if (code == PCAPNG_IF_TSRESOL && value_len >= 1)
			units = time_units(value[0]);
	f->units[f->interfaces++] = units;
}

/* rest / units of a second, in 64 bits: long division where they are too few. */
static uint64_t part_in_nanoseconds(uint64_t rest, uint64_t units)
{
	uint64_t ns = 0;

	if (units <= UINT64_MAX / NS_PER_S)
		return rest * NS_PER_S / units;
	/* Of units so small, what falls off is far below a nanosecond. */
	for (; units > UINT64_MAX / 10; units /= 2)
		rest /= 2;
	for (int digit = 0; digit < 9; digit++) {
		rest *= 10;
		ns = ns * 10 + rest / units;
		rest %= units;
	}
	return ns;
}

static uint64_t in_nanoseconds(uint64_t time, uint64_t units)
{
	if (units == 0)
		return 0;
	return time / units * NS_PER_S +
	       part_in_nanoseconds(time % units, units);
}

static bool take_pcap_packet(const struct pcap_file *f, const uint8_t *body,
			     size_t len, struct pcap_packet *p)
{
	uint32_t id;
	size_t room, padded;

	if (len < PACKET_HEAD)
		return false;
	id = get_u32(body, f->swapped);
	p->ns = in_nanoseconds((uint64_t)get_u32(body + 4, f->swapped) << 32 |
			       get_u32(body + 8, f->swapped),
			       id < f->interfaces ? f->units[id] : 0);
	p->stray = id >= f->interfaces;
	p->caplen = get_u32(body + 12, f->swapped);
	p->length = get_u32(body + 16, f->swapped);
	p->data = body + PACKET_HEAD;
	room = len - PACKET_HEAD;
	if (p->caplen > room)
		return false;
	padded = ((size_t)p->caplen + 3) & ~(size_t)3;
	p->options_len = padded < room ? room - padded : 0;
	p->options = body + len - p->options_len;
	p->swapped = f->swapped;
	return true;
}

static void keep_text(char *to, size_t size, const uint8_t *value, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(to, value, len);
	to[len] = '\0';
}

/* Its options, which are behind a head of 16 bytes. */
static void take_header(struct pcap_file *f, const uint8_t *body, size_t len)
{
	struct pcap_section *s = &f->section;
	const uint8_t *value;
	uint16_t code, value_len;
	size_t at = 0;

	s->program[0] = s->comment[0] = s->kernel[0] = '\0';
	if (len < SECTION_HEAD)
		return;
	while (next_option(body + SECTION_HEAD, len - SECTION_HEAD, f->swapped,
			   &at, &code, &value, &value_len))
		if (code == PCAPNG_OPT_COMMENT && !*s->comment)
			keep_text(s->comment, sizeof(s->comment), value, value_len);
		else if (code == PCAPNG_SHB_OS)
			keep_text(s->kernel, sizeof(s->kernel), value, value_len);
		else if (code == PCAPNG_SHB_USERAPPL)
			keep_text(s->program, sizeof(s->program), value, value_len);
}

/* A section header tells the byte order of all that follows. */
static bool take_section(struct pcap_file *f, const char *block)
{
	uint32_t magic = get_u32(block + 8, false);

	f->swapped = magic != PCAPNG_BYTE_ORDER;
	f->interfaces = 0;
	return magic == PCAPNG_BYTE_ORDER ||
	       bswap_32(magic) == PCAPNG_BYTE_ORDER;
}

int pcap_file_next(struct pcap_file *f, struct pcap_packet *p)
{
	for (;;) {
		const char *block = line_reader_peek(f->in, BLOCK_LEAST);
		const uint8_t *body;
		uint32_t type, len;

		if (!block)
			return line_reader_peek(f->in, 1) ? -EBADMSG : 0;
		type = get_u32(block, f->swapped);
		if (type == PCAPNG_SECTION && !take_section(f, block))
			return -EBADMSG;
		len = get_u32(block + 4, f->swapped);
		if (len < BLOCK_LEAST || len % 4)
			return -EBADMSG;
		block = line_reader_peek(f->in, len);
		if (!block ||
		    get_u32(block + len - 4, f->swapped) != len)
			return -EBADMSG;
		body = (const uint8_t *)block + 8;
		/* The block stays where it is until the next call. */
		line_reader_skip(f->in, len);
		switch (type) {
		case PCAPNG_SECTION:
			take_header(f, body, len - BLOCK_LEAST);
			break;
		case PCAPNG_INTERFACE:
			take_interface(f, body, len - BLOCK_LEAST);
			break;
		case PCAPNG_PACKET_OLD:
		case PCAPNG_PACKET_SIMPLE:
			memset(p, 0, sizeof(*p));
			return 1;
		case PCAPNG_PACKET:
			return take_pcap_packet(f, body, len - BLOCK_LEAST, p) ?
				1 : -EBADMSG;
		}
	}
}

bool pcap_comment(const struct pcap_packet *p, size_t *at, const char **text,
		  size_t *len)
{
	const uint8_t *value;
	uint16_t code, value_len;

	while (next_option(p->options, p->options_len, p->swapped, at, &code,
			   &value, &value_len)) {
		if (code != PCAPNG_OPT_COMMENT)
			continue;
		*text = (const char *)value;
		*len = value_len;
		return true;
	}
	return false;
}
