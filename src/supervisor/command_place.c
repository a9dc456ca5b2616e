// SPDX-License-Identifier: GPL-2.0-or-later
/* command_place: a COMMAND that works in another network namespace, or on another host. */
#include "supervisor/command_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rules/base/units.h"

/* How what a program is told names the place where it works. */
enum place_name {
	NAME_NETNS,		/* of ip netns */
	NAME_PID,
	NAME_CONTAINER,
	NAME_POD,
	NAME_HOST,
};

/* The words, then options, then the name; or the name is an option's value. */
static const struct program {
	const char *words[3];
	const char *option, *longer;	/* NULL: the first word that is no option */
	const char *valued;	/* letters of options whose value is a word more */
	const char *asked;	/* container: what tells its pid */
	enum place_name name;
} programs[] = {
	{ { "ip", "netns", "exec" }, .name = NAME_NETNS },
	{ { "nsenter" }, "-t", "--target", .name = NAME_PID },
	{ { "docker", "exec" }, .valued = "euw", .name = NAME_CONTAINER,
	  .asked = "docker inspect -f '{{.State.Pid}}'" },
	{ { "podman", "exec" }, .valued = "euwl", .name = NAME_CONTAINER,
	  .asked = "podman inspect -f '{{.State.Pid}}'" },
	{ { "nerdctl", "exec" }, .valued = "euw", .name = NAME_CONTAINER,
	  .asked = "nerdctl inspect -f '{{.State.Pid}}'" },
	{ { "crictl", "exec" }, .name = NAME_CONTAINER,
	  .asked = "crictl inspect -o go-template --template '{{.info.pid}}'" },
	{ { "kubectl", "exec" }, .valued = "nc", .name = NAME_POD },
	{ { "ssh" }, .valued = "bcDEeFIiJLlmOopQRSWw", .name = NAME_HOST },
};

/* Words that start another program in the same place. */
static char *const *skip_starters(char *const *word)
{
	static const struct {
		const char *name;
		unsigned int words;	/* of its own */
	} starters[] = {
		{ "sudo", 1 }, { "doas", 1 }, { "nice", 1 }, { "time", 1 },
		{ "env", 1 }, { "timeout", 2 },
	};

	for (size_t i = 0; *word && i < ARRAY_SIZE(starters); i++) {
		if (strcmp(*word, starters[i].name) != 0)
			continue;
		for (unsigned int n = starters[i].words; n && *word; n--)
			word++;
		i = SIZE_MAX;
	}
	return word;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Return: what is behind the program's own words; NULL: it is not that one. */
static char *const *behind_words(const struct program *p, char *const *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(p->words) && p->words[i]; i++, word++)
		if (!*word || strcmp(i ? *word : base_name(*word),
				     p->words[i]) != 0)
			return NULL;
	return word;
}

static bool takes_value(const struct program *p, const char *option)
{
	return p->valued && option[1] && !option[2] &&
	       strchr(p->valued, option[1]);
}

static const char *find_name(const struct program *p, char *const *word)
{
	for (; *word; word++) {
		if (p->option && (strcmp(*word, p->option) == 0 ||
				  strcmp(*word, p->longer) == 0))
			return word[1];
		if (p->option)
			continue;
		if (**word != '-')
			return *word;
		if (takes_value(p, *word) && !*++word)
			return NULL;
	}
	return NULL;
}

/* nsenter goes into those namespaces that it is told to enter. */
static bool enters_network(const struct program *p, char *const *word)
{
	if (p->name != NAME_PID)
		return true;
	for (; *word && **word == '-'; word++) {
		if (strcmp(*word, "-n") == 0 || strcmp(*word, "--net") == 0 ||
		    strcmp(*word, "-a") == 0 || strcmp(*word, "--all") == 0)
			return true;
		if (strcmp(*word, p->option) == 0 && !*++word)
			return false;
	}
	return false;
}

/* Is it this process's own, which is the one that is traced? */
static bool is_here(const char *path)
{
	struct stat here, there;

	return stat(path, &there) == 0 &&
	       stat("/proc/self/ns/net", &here) == 0 &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

static bool works_here(const struct program *p, const char *name)
{
	char path[512];

	if (p->name != NAME_NETNS && p->name != NAME_PID)
		return false;
	snprintf(path, sizeof(path), p->name == NAME_NETNS ? "/run/netns/%s"
							  : "/proc/%s/ns/net",
		 name);
	return is_here(path);
}

static void put_sentence(char *to, size_t size, const struct program *p,
			 const char *name)
{
	switch (p->name) {
	case NAME_NETNS:
	case NAME_PID:
		snprintf(to, size, "'%s %s' works in another network namespace: "
			 "--netns %s traces there", p->words[0],
			 p->name == NAME_NETNS ? "netns exec" : "-n", name);
		break;
	case NAME_CONTAINER:
		snprintf(to, size, "'%s exec' works in the network namespace of "
			 "container %s: --netns $(%s %s) traces there",
			 p->words[0], name, p->asked, name);
		break;
	case NAME_POD:
		snprintf(to, size, "'kubectl exec' works in the network namespace "
			 "of pod %s, on whichever node that is: on that node "
			 "--netns PID, of a process of the pod's, traces there",
			 name);
		break;
	case NAME_HOST:
		snprintf(to, size, "'ssh' works on host %s: what it does there is "
			 "traced there", name);
		break;
	}
}

bool command_place(char *to, size_t size, char *const *command)
{
	char *const *word = skip_starters(command);

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const struct program *p = &programs[i];
		char *const *rest = behind_words(p, word);
		const char *name = rest ? find_name(p, rest) : NULL;

		if (!name || !enters_network(p, rest) || works_here(p, name))
			continue;
		put_sentence(to, size, p, name);
		return true;
	}
	return false;
}
