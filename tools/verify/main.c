/* SPDX-License-Identifier: Apache-2.0 */
/* partita-verify [--json] IMAGE...: exit status 0 all proven, 1 one is not, 2 wrong usage or no such
 * file. */
#include "tools/verify/verify.h"

#include <stdlib.h>
#include <string.h>

static void *read_file(const char *path, uint64_t *bytes)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
		rewind(file);
		data = malloc((size_t)size + 1);
		if (data && fread(data, 1, (size_t)size, file) != (size_t)size) {
			free(data);
			data = NULL;
		}
		*bytes = (uint64_t)size;
	}
	fclose(file);
	return data;
}

static int verify_file(const char *path, enum verify_form form)
{
	uint64_t bytes = 0;
	void *data = read_file(path, &bytes);
	bool proven;

	if (!data) {
		fprintf(stderr, "partita-verify: error: cannot read %s: %m\n", path);
		return 2;
	}
	proven = verify_image(path, data, bytes, form, stdout);
	free(data);
	return proven ? 0 : 1;
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	int first = json ? 2 : 1, worst = 0;

	if (first >= argc || argv[first][0] == '-') {
		fprintf(stderr, "usage: partita-verify [--json] IMAGE...\n");
		return 2;
	}
	for (int i = first; i < argc; i++) {
		int status = verify_file(argv[i], json ? VERIFY_JSON : VERIFY_TEXT);

		worst = status > worst ? status : worst;
	}
	return worst;
}
