// SPDX-License-Identifier: GPL-2.0-or-later
/* pod_choose: the one pod or container that --pod or --container means. */
#include "supervisor/pod_choose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/exit_status.h"
#include "base/msg.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "host/setting.h"
#include "pod/search.h"
#include "rules/base/helper.h"
#include "rules/base/process.h"
#include "supervisor/masking.h"
#include "supervisor/pod_words.h"

enum { POD_SEARCH_MS = 20000 };	/* strangers' files may hang */

/* As the user named it, for sentences: "pod 'shop/web-0'". */
struct asked {
	const char *option, *what, *word;
	struct pod_question q;
	bool quiet;
};

static int refuse_word(const struct asked *a, const char *why)
{
	msg("error: '%s %s': %s", a->option, a->word, why);
	return STATUS_USAGE;
}

/* "shop/web-0", "web-0" */
static int read_word(struct asked *a, const struct options *o)
{
	const char *name, *slash;
	size_t space;

	a->q.container = o->container != NULL;
	a->option = a->q.container ? "--container" : "--pod";
	a->what = a->q.container ? "container" : "pod";
	a->word = name = a->q.container ? o->container : o->pod;
	slash = a->q.container ? NULL : strchr(name, '/');
	space = slash ? (size_t)(slash - name) : 0;
	if (slash)
		name = slash + 1;
	if (!*name || (slash && !space) || strchr(name, '/'))
		return refuse_word(a, a->q.container ?
				   "a container's name or id is wanted" :
				   "NAMESPACE/NAME is wanted, or NAME");
	if (space >= sizeof(a->q.space) || strlen(name) >= sizeof(a->q.name))
		return refuse_word(a, "no name is that long");
	memcpy(a->q.space, a->word, space);
	strcpy(a->q.name, name);
	return 0;
}

static void say_unseen(const struct pod_answer *p)
{
	if (p->unseen)
		msg("%u process%s may not be looked at: that needs root, or "
		    "CAP_SYS_PTRACE and CAP_SYS_ADMIN", p->unseen,
		    p->unseen == 1 ? "" : "es");
	if (!process_in_first_pidns())
		msg("only processes of this PID namespace are seen here: in a "
		    "container it takes the host's (hostPID, --pid host)");
}

static void say_near(const struct asked *a, const struct pod_answer *p)
{
	char near[4 * sizeof(p->near)];

	escape_text(near, sizeof(near), p->near, strlen(p->near));
	msg("error: no %s '%s' is here%s%s%s", a->what, a->word,
	    *near ? ": did you mean '" : a->q.container ?
	    ": no process has that id in its cgroup's path, was started by that "
	    "name, or has that hostname (docker keeps names to itself: "
	    "--container \"$(docker inspect -f '{{.Id}}' NAME)\")" :
	    a->q.space[0] ? ": no process has that hostname and that service "
	    "account's namespace" : ": no process has that hostname", near,
	    *near ? "'?" : "");
}

static int say_none(const struct asked *a, const struct pod_answer *p)
{
	char command[4 * sizeof(p->of_node_command)];

	escape_text(command, sizeof(command), p->of_node_command,
		    strlen(p->of_node_command));
	if (p->spaceless && !p->near[0])
		msg("error: of a pod %s here (pid %d) no process shows the "
		    "namespace: it has no service account's token: say --pod %s",
		    a->q.name, (int)p->spaceless, a->q.name);
	else if (p->of_node)
		msg("error: no pod '%s' has a network of its own here; pods of "
		    "%s use the node's (%s, pid %d): if it is one of these, its "
		    "packets are the node's: trace by addresses and ports, "
		    "without --pod", a->word, a->q.space, command,
		    (int)p->of_node);
	else
		say_near(a, p);
	say_unseen(p);
	return STATUS_USAGE;
}

static int say_several(const struct asked *a, const struct pod_answer *p)
{
	char words[POD_WORDS], name[POD_WORDS];

	msg("error: '%s %s' can be any of %u here: say which by %s--container "
	    "ID, or trace in its own network namespace, --netns PID", a->option,
	    a->word, p->count, a->q.container ? "" : "NAMESPACE/NAME, ");
	for (uint32_t i = 0; i < p->count && i < POD_FOUND; i++) {
		pod_words_name(name, sizeof(name), &p->found[i], a->word);
		pod_words_all(words, sizeof(words), &p->found[i]);
		msg("  %s: %s", name, words);
	}
	if (p->count > POD_FOUND)
		msg("  and %u more", p->count - POD_FOUND);
	return STATUS_USAGE;
}

/* "veth1 (its eth0), veth2 (its net1)": interfaces that end here; how many. */
static unsigned int join_here(struct strbuf *to, const struct pod_found *f)
{
	unsigned int here = 0;
	char words[256];

	for (uint32_t i = 0; i < f->links; i++) {
		if (!f->link[i].here[0])
			continue;
		pod_words_link(words, sizeof(words), &f->link[i]);
		strbuf_add(to, "%s%s", here++ ? ", " : "", words);
	}
	return here;
}

static void say_others(const struct pod_found *f)
{
	char words[256];

	for (uint32_t i = 0; i < f->links; i++) {
		if (f->link[i].here[0])
			continue;
		pod_words_link(words, sizeof(words), &f->link[i]);
		msg("note: %s", words);
	}
}

/* What is bridged is seen by iptables' rules only where that is set. */
static void say_bridged(const struct pod_found *f)
{
	bool port = false;

	for (uint32_t i = 0; i < f->links; i++)
		port |= f->link[i].bridge[0] != '\0';
	if (port && setting_number("/proc/sys/net/bridge/"
				   "bridge-nf-call-iptables") != 1)
		msg("note: what it sends to others on its bridge meets no rule "
		    "of IP here (bridge-nf-call-iptables is not 1)");
}

static int say_none_here(const struct asked *a, const struct pod_found *f,
			 const char *name)
{
	say_others(f);
	msg("error: %s '%s' has no interface that ends here%s: trace in its "
	    "own network namespace: --netns %d", a->what, name,
	    f->links ? "" : ", and none but lo", (int)f->pid);
	return STATUS_USAGE;
}

static int say_one(const struct asked *a, const struct pod_found *f)
{
	char words[POD_WORDS], name[POD_WORDS], links[POD_WORDS] = "";
	struct strbuf b = { links, sizeof(links), 0 };

	pod_words_name(name, sizeof(name), f, a->word);
	pod_words_all(words, sizeof(words), f);
	if (f->of_node) {
		msg("error: %s '%s' uses the network of this host (%s): its "
		    "packets are the host's: trace by addresses and ports, "
		    "without %s", a->what, name, words, a->option);
		return STATUS_USAGE;
	}
	if (f->error) {
		msg_error("reading the interfaces in its network namespace",
			  f->error);
		return STATUS_FAILURE;
	}
	if (!join_here(&b, f))
		return say_none_here(a, f, name);
	if (a->quiet)
		return 0;
	msg("%s %s: %s; %s", a->what, name, links, words);
	say_others(f);
	say_bridged(f);
	return 0;
}

static void learn(struct mask *mask, const struct pod_found *f)
{
	char id[POD_WORDS_ID + 1];

	/* Digits alone would be a number. */
	snprintf(id, sizeof(id), "%.*s", POD_WORDS_ID, f->id);
	masking_learn(mask, id);
	masking_learn(mask, f->space);
	masking_learn(mask, f->name);
	masking_learn(mask, f->hostname);
	masking_learn(mask, f->command);
	for (uint32_t i = 0; i < f->links; i++)
		masking_learn(mask, f->link[i].name);
}

static void learn_all(struct mask *mask, const struct asked *a,
		      const struct pod_answer *p)
{
	const char *slash = strrchr(p->near, '/');

	masking_learn(mask, a->q.space);
	masking_learn(mask, a->q.name);
	masking_learn(mask, slash ? slash + 1 : p->near);
	masking_learn(mask, p->of_node_command);
	for (uint32_t i = 0; i < p->count && i < POD_FOUND; i++)
		learn(mask, &p->found[i]);
}

static int judge(const struct asked *a, const struct pod_answer *p)
{
	return p->count == 0 ? say_none(a, p) :
	       p->count > 1 ? say_several(a, p) : say_one(a, &p->found[0]);
}

int pod_choose(const struct options *o, struct pod_found *f, struct mask *mask,
	       bool quiet)
{
	struct asked a = { .quiet = quiet };
	struct helper_result res = { 0 };
	const struct pod_answer *p;
	int err, status = read_word(&a, o);

	if (status)
		return status;
	err = helper_run(search_find, &a.q, POD_SEARCH_MS, &res);
	if (!err && res.status)
		err = res.status < 0 ? -ETIMEDOUT : -res.status;
	if (!err && res.len < sizeof(struct pod_answer))
		err = -EIO;
	if (err) {
		msg_error("looking through /proc", err);
		status = STATUS_FAILURE;
	} else {
		p = res.data;
		if (mask)
			learn_all(mask, &a, p);
		status = judge(&a, p);
		*f = p->found[0];
	}
	helper_release(&res);
	return status;
}
