/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pod_match: --pod, --container: the expressions for what it sends and what it is sent. */
#ifndef NFTRACE_POD_MATCH_H
#define NFTRACE_POD_MATCH_H

struct mask;
struct options;

/* Words that were made; the expressions point into them.  To begin with zeros. */
struct pod_match {
	char **word;
	unsigned int words;
};

/**
 * pod_match_take - the user's expressions become those for the pod, if one is asked for
 * @m: pod_match_free() it in any case, when @o's expressions are not read any more
 * @mask: learns what it is called; NULL: nothing is masked
 *
 * Each of the user's is added to each of: -i for each of its interfaces, and -d for
 * each of its addresses, in raw and behind DNAT.
 * Return: 0, or the exit status after a report.
 */
int pod_match_take(struct pod_match *m, struct options *o, struct mask *mask);
void pod_match_free(struct pod_match *m);

#endif
