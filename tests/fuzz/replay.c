// SPDX-License-Identifier: GPL-2.0-or-later
/* replay: gives the files of a folder to a fuzz target; for compilers without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input in a block of its own size, so that a sanitizer sees its end. */
static int replay_file(const char *folder, const char *name)
{
	static uint8_t buf[INPUT];
	char path[4096];
	uint8_t *exact;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f)
		return -1;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	exact = malloc(n ? n : 1);
	if (!exact)
		return -1;
	memcpy(exact, buf, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : ".";
	DIR *dir = opendir(folder);
	struct dirent *e;
	int files = 0, bad = 0;

	if (!dir) {
		perror(folder);
		return 1;
	}
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.') {
			files++;
			bad += replay_file(folder, e->d_name) != 0;
		}
	closedir(dir);
	printf("%s %s: %d files\n", files && !bad ? "ok" : "not ok", folder,
	       files);
	return files && !bad ? 0 : 1;
}
