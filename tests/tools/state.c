// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state: two words for all that lib.sh's save_rules writes down of a host: of the bytes that the
 * kernel gives, and of the same without counters.  Where words are equal, so are the texts that
 * iptables-save would make of them; where nft has a table the words are of this moment alone.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

enum { WORDS = 2, TABLES = 8, NAME = XT_TABLE_MAXNAMELEN };

static const struct family {
	int family, level;
	const char *names, *logger;
	size_t next, counters;	/* where they are in an entry */
} families[] = {
	{ AF_INET, SOL_IP, "/proc/net/ip_tables_names", "/proc/sys/net/netfilter/nf_log/2",
	  offsetof(struct ipt_entry, next_offset), offsetof(struct ipt_entry, counters) },
	{ AF_INET6, SOL_IPV6, "/proc/net/ip6_tables_names", "/proc/sys/net/netfilter/nf_log/10",
	  offsetof(struct ip6t_entry, next_offset), offsetof(struct ip6t_entry, counters) },
};

static uint64_t word[WORDS] = { 0xcbf29ce484222325, 0xcbf29ce484222325 };

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "state: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* FNV-1a */
static void take(int which, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++)
		word[which] = (word[which] ^ b[i]) * 0x100000001b3;
}

static void take_all(const void *bytes, size_t len)
{
	for (int i = 0; i < WORDS; i++)
		take(i, bytes, len);
}

/* Return: its length; 0: there is none. */
static size_t read_file(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, room - 1);

	if ((fd < 0 && errno != ENOENT) || n < 0)
		die(path);
	if (fd >= 0)
		close(fd);
	text[n] = '\0';
	return (size_t)n;
}

/* Those of both families are alike, but for their entries. */
static void take_table(int fd, const struct family *f, const char *name)
{
	struct ipt_getinfo info = { .size = 0 };
	struct ipt_get_entries *got;
	socklen_t len = sizeof(info);
	char *entries;
	uint16_t next;

	snprintf(info.name, sizeof(info.name), "%s", name);
	if (getsockopt(fd, f->level, IPT_SO_GET_INFO, &info, &len) != 0)
		die(name);
	len = (socklen_t)(sizeof(*got) + info.size);
	got = calloc(1, len);
	if (!got)
		die(name);
	snprintf(got->name, sizeof(got->name), "%s", name);
	got->size = info.size;
	if (getsockopt(fd, f->level, IPT_SO_GET_ENTRIES, got, &len) != 0)
		die(name);
	entries = (char *)got->entrytable;
	take(0, entries, info.size);
	for (unsigned int at = 0; at < info.size; at += next) {
		memset(entries + at + f->counters, 0, sizeof(struct xt_counters));
		memcpy(&next, entries + at + f->next, sizeof(next));
		if (!next)
			die("an entry without a length");
	}
	take(1, entries, info.size);
	free(got);
}

/* Tables that there are: to ask for another would make it. */
static void take_family(const struct family *f)
{
	char names[TABLES * NAME], text[256], *rest = names, *name;
	int fd;

	take_all(text, read_file(f->logger, text, sizeof(text)));
	take_all(names, read_file(f->names, names, sizeof(names)));
	fd = *names ? socket(f->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW) : -1;
	if (*names && fd < 0)
		die("socket");
	while ((name = strtok_r(rest, "\n", &rest)))
		take_table(fd, f, name);
	if (fd >= 0)
		close(fd);
}

static int count(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(unsigned int *)data;
	return MNL_CB_OK;
}

/* Also when that is not known: a dump that a change interrupts ends with an error. */
static bool nft_may_have_tables(void)
{
	static char room[1 << 16] __attribute__((aligned(8)));
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	struct nfgenmsg *nfg;
	unsigned int tables = 0;
	ssize_t n = 1;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, room, nlh->nlmsg_len) < 0)
		die("netlink");
	while (n > 0) {
		n = mnl_socket_recvfrom(nl, room, sizeof(room));
		if (n < 0)
			die("netlink");
		n = mnl_cb_run(room, (size_t)n, 1, mnl_socket_get_portid(nl), count, &tables);
	}
	mnl_socket_close(nl);
	return tables > 0 || n < 0;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		take_family(&families[i]);
	if (nft_may_have_tables()) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		take_all(&now, sizeof(now));
	}
	printf("%016llx %016llx\n", (unsigned long long)word[0], (unsigned long long)word[1]);
	return 0;
}
