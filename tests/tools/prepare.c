// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prepare: network namespaces as tests want them, in one process: what sysctl, ip and ethtool would
 * do in each, started for every setting and interface.  Linked statically, as enter is.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

static const char usage_text[] =
	"usage: prepare {NETNS-FILE WORD...}...\n"
	"NAME=VALUE      a setting, named as sysctl does\n"
	"plain:IFACE     a packet is a packet: no offloads, as far as it has any\n"
	"up:IFACE\n"
	"carries:IFACE   waits, 5 s times PATIENCE, until it is up at both ends and has an\n"
	"                address of IPv6\n";

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "prepare: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		die(path);
	close(fd);
}

/* NAME=VALUE: in NAME dots and slashes change places.  Return: it is set; else that is said. */
static bool set(const char *word, const char *equals)
{
	char path[256];
	size_t at = strlen("/proc/sys/");
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/%.*s", (int)(equals - word), word);
	for (; path[at]; at++)
		path[at] = path[at] == '.' ? '/' : path[at] == '/' ? '.' : path[at];
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ok = fd >= 0 && write(fd, equals + 1, strlen(equals + 1)) >= 0;
	if (!ok)
		fprintf(stderr, "prepare: %s: %s\n", word, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static int any_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static struct ifreq named(const char *iface)
{
	struct ifreq ifr = { .ifr_flags = 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", iface);
	return ifr;
}

static void up(const char *iface)
{
	struct ifreq ifr = named(iface);
	int fd = any_socket();

	if (ioctl(fd, SIOCGIFFLAGS, &ifr) != 0)
		die(iface);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) != 0)
		die(iface);
	close(fd);
}

static bool ask(int fd, struct ifreq *ifr, void *question)
{
	ifr->ifr_data = question;
	return ioctl(fd, SIOCETHTOOL, ifr) == 0;
}

/* ethtool -K IFACE tso off gso off gro off lro off tx off rx off */
static bool is_offload(const char *feature)
{
	static const char *const begins[] = {
		"tx-tcp", "tx-generic-segmentation", "rx-gro", "rx-lro", "tx-checksum", "rx-checksum",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(feature, begins[i], strlen(begins[i])) == 0)
			return strcmp(feature, "rx-gro-hw") != 0 && strcmp(feature, "rx-gro-list") != 0;
	return false;
}

/* Of an interface that tells of no features nothing is changed. */
static void plain(const char *iface)
{
	enum { MOST = 256, BITS = 32 };
	static struct { struct ethtool_sset_info head; __u32 len; } count;
	static struct { struct ethtool_gstrings head; char name[MOST][ETH_GSTRING_LEN]; } names;
	static struct {
		struct ethtool_sfeatures head;
		struct ethtool_set_features_block block[MOST / BITS];
	} off;
	struct ifreq ifr = named(iface);
	int fd = any_socket();

	count.head = (struct ethtool_sset_info){ .cmd = ETHTOOL_GSSET_INFO,
						 .sset_mask = 1 << ETH_SS_FEATURES };
	if (ask(fd, &ifr, &count) && count.len <= MOST) {
		names.head = (struct ethtool_gstrings){ .cmd = ETHTOOL_GSTRINGS,
							.string_set = ETH_SS_FEATURES, .len = count.len };
		if (!ask(fd, &ifr, &names))
			die(iface);
		memset(&off, 0, sizeof(off));
		off.head.cmd = ETHTOOL_SFEATURES;
		off.head.size = (count.len + BITS - 1) / BITS;
		for (__u32 i = 0; i < count.len; i++)
			if (is_offload(names.name[i]))
				off.block[i / BITS].valid |= 1U << i % BITS;
		ask(fd, &ifr, &off);	/* what is fixed stays */
	}
	close(fd);
}

static bool has_address6(const char *iface)
{
	char line[256], name[IFNAMSIZ];
	FILE *list = fopen("/proc/net/if_inet6", "re");
	bool found = false;

	while (list && !found && fgets(line, sizeof(line), list))
		found = sscanf(line, "%*s %*s %*s %*s %*s %15s", name) == 1 &&
			strcmp(name, iface) == 0;
	if (list)
		fclose(list);
	return found;
}

static bool does_carry(const char *iface)
{
	struct ifreq ifr = named(iface);
	int fd = any_socket();
	bool runs = ioctl(fd, SIOCGIFFLAGS, &ifr) == 0 && ifr.ifr_flags & IFF_RUNNING;

	close(fd);
	return runs && has_address6(iface);
}

static void carries(const char *iface)
{
	const char *patience = getenv("PATIENCE");
	long left = 1000 * (patience ? atol(patience) : 1);	/* of 5 ms each */

	while (!does_carry(iface)) {
		if (--left < 0) {
			errno = ENETDOWN;
			die(iface);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*does)(const char *iface);
	} words[] = { { "plain:", plain }, { "up:", up }, { "carries:", carries } };
	int failed = 0;
	size_t w;

	if (argc < 2 || argv[1][0] != '/') {
		fputs(usage_text, stderr);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');

		for (w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			if (strncmp(argv[i], words[w].word, strlen(words[w].word)) == 0)
				break;
		if (argv[i][0] == '/')
			enter(argv[i]);
		else if (w < sizeof(words) / sizeof(words[0]))
			words[w].does(argv[i] + strlen(words[w].word));
		else if (equals)
			failed |= !set(argv[i], equals);
		else {
			fprintf(stderr, "prepare: '%s'?\n%s", argv[i], usage_text);
			return 2;
		}
	}
	return failed;
}
