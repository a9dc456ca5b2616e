// SPDX-License-Identifier: GPL-2.0-or-later
/* nfq: a listener on an NFQUEUE that gives every packet the verdict asked for. */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: nfq QUEUE {accept|drop|repeat N|late MS|rewrite N}\n"
	"repeat: each packet goes round N times, then it is accepted.\n"
	"late: accepted after so many milliseconds.\n"
	"rewrite: N packets are held, then all go on, each with other data.\n";

enum { HELD = 256, HEADERS = 28 };	/* of IPv4 and UDP */

struct listener {
	struct mnl_socket *nl;
	unsigned int port;
	uint16_t queue;
	uint32_t verdict;
	int rounds, left;	/* of NF_REPEAT */
	int delay_ms;
	int hold, held;		/* to be rewritten */
	struct held {
		uint32_t id;
		uint16_t len;
		uint8_t bytes[1500];
	} kept[HELD];
};

static struct nlmsghdr *put_head(char *buf, uint16_t type, uint16_t queue)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *g;

	h->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
	h->nlmsg_flags = NLM_F_REQUEST;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = AF_UNSPEC;
	g->version = NFNETLINK_V0;
	g->res_id = htons(queue);
	return h;
}

static int configure(struct listener *l)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nfqnl_msg_config_cmd bind = { .command = NFQNL_CFG_CMD_BIND };
	struct nfqnl_msg_config_params copy = {
		.copy_range = htonl(1500), .copy_mode = NFQNL_COPY_PACKET,
	};
	struct nlmsghdr *h = put_head(buf, NFQNL_MSG_CONFIG, l->queue);
	ssize_t n;

	h->nlmsg_flags |= NLM_F_ACK;
	mnl_attr_put(h, NFQA_CFG_CMD, sizeof(bind), &bind);
	mnl_attr_put(h, NFQA_CFG_PARAMS, sizeof(copy), &copy);
	if (mnl_socket_sendto(l->nl, h, h->nlmsg_len) < 0)
		return -1;
	n = mnl_socket_recvfrom(l->nl, buf, sizeof(buf));
	return n < 0 ? -1 : mnl_cb_run(buf, (size_t)n, 0, l->port, NULL, NULL);
}

static uint32_t choose_verdict(struct listener *l)
{
	if (l->verdict != NF_REPEAT)
		return l->verdict;
	if (l->left-- > 0)
		return NF_REPEAT;
	l->left = l->rounds;
	return NF_ACCEPT;
}

static int answer(struct listener *l, uint32_t id, uint32_t verdict,
		  const struct held *rewritten)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nfqnl_msg_verdict_hdr v = { .verdict = htonl(verdict), .id = id };
	struct nlmsghdr *h = put_head(buf, NFQNL_MSG_VERDICT, l->queue);

	mnl_attr_put(h, NFQA_VERDICT_HDR, sizeof(v), &v);
	if (rewritten)
		mnl_attr_put(h, NFQA_PAYLOAD, rewritten->len,
			     rewritten->bytes);
	return mnl_socket_sendto(l->nl, h, h->nlmsg_len) < 0 ?
	       MNL_CB_ERROR : MNL_CB_OK;
}

static int hold(struct listener *l, uint32_t id, const struct nlattr *payload)
{
	struct held *k = &l->kept[l->held++];
	int err = MNL_CB_OK;

	k->id = id;
	k->len = payload ? mnl_attr_get_payload_len(payload) : 0;
	if (!k->len || k->len > sizeof(k->bytes))
		return MNL_CB_ERROR;
	memcpy(k->bytes, mnl_attr_get_payload(payload), k->len);
	for (int i = HEADERS; i < k->len; i++)
		k->bytes[i] = (uint8_t)~k->bytes[i];
	if (l->held < l->hold)
		return MNL_CB_OK;
	for (int i = 0; i < l->held && err == MNL_CB_OK; i++)
		err = answer(l, l->kept[i].id, NF_ACCEPT, &l->kept[i]);
	l->held = 0;
	return err;
}

static int on_packet(const struct nlmsghdr *nlh, void *data)
{
	struct listener *l = data;
	struct nfqnl_msg_packet_hdr ph = { 0 };
	const struct nlattr *attr, *payload = NULL;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == NFQA_PACKET_HDR)
			memcpy(&ph, mnl_attr_get_payload(attr), sizeof(ph));
		if (mnl_attr_get_type(attr) == NFQA_PAYLOAD)
			payload = attr;
	}
	if (l->hold)
		return hold(l, ph.packet_id, payload);
	if (l->delay_ms)
		nanosleep(&(struct timespec){ l->delay_ms / 1000,
			  l->delay_ms % 1000 * 1000000L }, NULL);
	return answer(l, ph.packet_id, choose_verdict(l), NULL);
}

static void listen_on(struct listener *l)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	ssize_t n;

	for (;;) {
		n = mnl_socket_recvfrom(l->nl, buf, sizeof(buf));
		if (n < 0 ||
		    mnl_cb_run(buf, (size_t)n, 0, l->port, on_packet, l) < 0) {
			perror("nfq");
			return;
		}
	}
}

static int choose(struct listener *l, char **argv)
{
	static const struct { const char *name; uint32_t verdict; } row[] = {
		{ "accept", NF_ACCEPT }, { "drop", NF_DROP },
		{ "repeat", NF_REPEAT }, { "late", NF_ACCEPT },
		{ "rewrite", NF_ACCEPT },
	};
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (strcmp(argv[0], row[i].name) != 0)
			continue;
		l->verdict = row[i].verdict;
		if (i >= 2 && !argv[1])
			return -1;
		if (i == 2)
			l->rounds = l->left = atoi(argv[1]);
		if (i == 3)
			l->delay_ms = atoi(argv[1]);
		if (i == 4)
			l->hold = atoi(argv[1]);
		if (l->hold < 0 || l->hold > HELD)
			return -1;
		return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	static struct listener l;

	if (argc < 3 || choose(&l, argv + 2) != 0) {
		fputs(usage_text, stderr);
		return 2;
	}
	l.queue = (uint16_t)atoi(argv[1]);
	l.nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!l.nl || mnl_socket_bind(l.nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		perror("nfq: netlink");
		return 1;
	}
	l.port = mnl_socket_get_portid(l.nl);
	if (configure(&l) < 0) {
		perror("nfq: queue");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	listen_on(&l);
	mnl_socket_close(l.nl);
	return 1;
}
