/* SPDX-License-Identifier: Apache-2.0 */
/* partita-verify IMAGE: exit status 0 proven, 1 not proven, 2 wrong usage or no such file. */
#include "tools/verify/verify.h"

#include <stdlib.h>

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

int main(int argc, char **argv)
{
	uint64_t bytes = 0;
	void *data;
	bool proven;

	if (argc != 2) {
		fprintf(stderr, "usage: partita-verify IMAGE\n");
		return 2;
	}
	data = read_file(argv[1], &bytes);
	if (!data) {
		fprintf(stderr, "partita-verify: error: cannot read %s: %m\n", argv[1]);
		return 2;
	}
	proven = verify_image(data, bytes, stdout);
	free(data);
	return proven ? 0 : 1;
}
