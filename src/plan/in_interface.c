// SPDX-License-Identifier: GPL-2.0-or-later
/* in_interface: the -i and -o of match expressions: are they there, and what comes in? */
#include "plan/in_interface.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "base/spelling.h"
#include "host/link.h"
#include "host/setting.h"
#include "rules/base/ip_part.h"
#include "rules/base/rule_set.h"
#include "rules/base/units.h"

/* Without "+": with its NUL it is compared as a whole. */
static bool is_whole_name(const char *name, const unsigned char *mask)
{
	size_t len = strnlen(name, IFNAMSIZ);

	return len && len < IFNAMSIZ && mask[len];
}

/* Return: a name without "+", which no "!" turns round; NULL: there is none. */
static const char *plain_name(const struct family *f, const void *entry)
{
	struct ip_part ip;

	ip_part_read(f, entry, &ip);
	return is_whole_name(ip.in, ip.in_mask) && !(ip.inv & IP_PART_INV_IN) ?
		ip.in : NULL;
}

static const char *plain_out(const struct family *f, const void *entry)
{
	struct ip_part ip;

	ip_part_read(f, entry, &ip);
	return is_whole_name(ip.out, ip.out_mask) && !(ip.inv & IP_PART_INV_OUT) ?
		ip.out : NULL;
}

static void say_missing(const char *name, const char *nothing)
{
	struct if_nameindex *all = if_nameindex();
	struct spelling n;

	spelling_begin(&n, name, strlen(name));
	for (const struct if_nameindex *i = all; i && i->if_index; i++)
		spelling_look(&n, i->if_name);
	msg("note: there is no interface '%s' here%s%s%s", name,
	    n.name ? ": did you mean '" : nothing,
	    n.name ? n.name : "", n.name ? "'?" : "");
	if (all)
		if_freenameindex(all);
}

/* What is bridged is seen by iptables' rules only where that is set. */
static bool bridged_is_seen(void)
{
	return setting_number("/proc/sys/net/bridge/"
			      "bridge-nf-call-iptables") == 1;
}

/* Return: a note was needed: rules do not see the port. */
static bool say_port(const char *name, const struct link_seen *l)
{
	bool bridge = l->kind == MASTER_BRIDGE;
	bool passes = bridge && bridged_is_seen();

	if (l->kind == MASTER_NONE)
		return false;
	if (l->kind == MASTER_SWITCH)
		msg("note: %s is a port of Open vSwitch, and rules see of what comes in by it only "
		    "what that hands to the host, as coming in by its internal port", name);
	else
		msg("note: %s is a port of %s%s, and rules see what comes in by it "
		    "as coming in by %s: use -i %s%s%s", name, bridge ? "bridge " : "",
		    l->master, l->master, l->master,
		    passes ? " -m physdev --physdev-in " : "", passes ? name : "");
	return true;
}

/* What ifconfig(8) calls an interface: "eth0:1". */
static void say_label(const char *name)
{
	msg("note: there is no interface '%s' here: it is the label of an address, "
	    "and rules see what is sent to that as coming in by %.*s: "
	    "use -i %.*s -d ADDRESS", name, (int)strcspn(name, ":"), name,
	    (int)strcspn(name, ":"), name);
}

static int check(const char *name, bool *told)
{
	struct link_seen l;

	/* No interface has such a name, and yet the kernel finds one by it. */
	if (strchr(name, ':')) {
		*told = true;
		say_label(name);
		return 0;
	}
	if (link_look(&l, name)) {
		*told = say_port(name, &l);
		return 0;
	}
	if (if_nametoindex(name))
		return 0;
	if (strcmp(name, "any") == 0) {
		msg("error: '-i any' is tcpdump's: leave out -i for all "
		    "interfaces");
		return STATUS_USAGE;
	}
	*told = true;
	say_missing(name, ", and nothing can come in by it");
	return 0;
}

/* What this host sends goes out by its bridge or bond, whatever port that chooses. */
static void take_out_interface(struct in_interface *in, const char *name)
{
	struct link_seen l;
	bool there;

	if (!name || strcmp(in->out, name) == 0)
		return;
	there = link_look(&l, name);
	if (there ? l.kind == MASTER_NONE : if_nametoindex(name) != 0)
		return;
	strcpy(in->out, name);
	if (!there)
		say_missing(name, ", and nothing can go out by it");
	else if (l.kind == MASTER_SWITCH)
		msg("note: %s is a port of Open vSwitch, and rules see what goes out by it as "
		    "going out by the switch's internal port", name);
	else
		msg("note: %s is a port of %s%s, and rules see what goes out "
		    "by it as going out by %s: use -o %s", name,
		    l.kind == MASTER_BRIDGE ? "bridge " : "", l.master, l.master, l.master);
}

static int take_in_interface(struct in_interface *in, const char *name)
{
	struct link_seen l;

	if (!name || (in->name[0] && strcmp(in->name, name) != 0))
		in->mixed = true;
	if (!name || strcmp(in->name, name) == 0)
		return 0;
	strcpy(in->name, name);
	in->frames = link_look(&l, name) ? l.frames : 0;
	return check(name, &in->told);
}

int in_interface_check(struct in_interface *in, const struct trace_set *set)
{
	int status = 0;

	for (unsigned int r = 0; r < set->count && !status; r++) {
		status = take_in_interface(in, plain_name(set->family, set->rule[r].entry));
		take_out_interface(in, plain_out(set->family, set->rule[r].entry));
	}
	return status;
}

/* What has a tag, or an address of theirs, comes in by them. */
static void say_uppers(const char *name)
{
	struct link_upper on[3];
	size_t count = link_uppers(on, ARRAY_SIZE(on), name);
	char text[3 * (2 * IFNAMSIZ + 8)] = "";
	size_t len = 0;

	if (!count)
		return;
	for (size_t u = 0; u < count && u < ARRAY_SIZE(on); u++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s-i %s (%s)",
					len ? ", " : "", on[u].name, on[u].kind);
	msg("what is for an interface on top of %s is seen by rules as coming in by that: %s%s",
	    name, text, count > ARRAY_SIZE(on) ? " ..." : "");
}

void in_interface_say(const struct in_interface *in)
{
	struct link_seen l;

	if (!in->name[0] || in->mixed || strchr(in->name, ':') || !link_look(&l, in->name))
		return;
	if (l.frames > in->frames)
		msg("%" PRIu64 " frame%s of others came in by %s meanwhile",
		    l.frames - in->frames, plural(l.frames - in->frames),
		    in->name);
	else
		msg("nothing at all came in by %s meanwhile", in->name);
	say_uppers(in->name);
}
