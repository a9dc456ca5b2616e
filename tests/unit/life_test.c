// SPDX-License-Identifier: GPL-2.0-or-later
/* life_test: whether the run of an owner goes on, as far as it shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/base/life.h"
#include "rules/base/owner.h"
#include "rules/base/process.h"

/* The first one, in which everything shows. */
static const uint64_t first_pidns = 0xeffffffc;

static void goes_on_as_long_as_its_process(void **state)
{
	struct owner o;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(owner_init(&o, 0), 0);
	/* Its end does not matter where its process can be seen. */
	assert_int_equal(life_of(&o, time(NULL)), LIFE_GOES_ON);
	assert_int_equal(life_swept(&o, SWEEP_ALONE), LIFE_GOES_ON);
	/* The same pid, but started at another time: somebody else. */
	o.start++;
	assert_int_equal(life_of(&o, 0), LIFE_OVER);
	o.start--;

	pid = fork();
	if (pid == 0)
		_exit(0);
	o.pid = pid;
	waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	assert_int_equal(life_of(&o, 0), LIFE_OVER);	/* a zombie */
	waitpid(pid, &status, 0);
	assert_int_equal(life_of(&o, 0), LIFE_OVER);
}

static void elsewhere_unseen_until_its_end(void **state)
{
	enum life unseen = process_pidns() == first_pidns ? LIFE_OVER : LIFE_UNSEEN;
	struct owner o;

	(void)state;
	assert_int_equal(owner_init(&o, 1000000), 0);
	o.pidns++;
	assert_int_equal(life_of(&o, 0), unseen);
	assert_int_equal(life_of(&o, 1000000 + OWNER_GRACE), unseen);
	assert_int_equal(life_of(&o, 1000000 + OWNER_GRACE + 1), LIFE_OVER);
}

static void elsewhere_and_nobody_has_the_group(void **state)
{
	struct owner o;

	(void)state;
	assert_int_equal(owner_init(&o, time(NULL) + 1000), 0);
	o.pidns++;
	assert_int_equal(life_swept(&o, SWEEP_ALONE), LIFE_OVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on_as_long_as_its_process),
		cmocka_unit_test(elsewhere_unseen_until_its_end),
		cmocka_unit_test(elsewhere_and_nobody_has_the_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
