/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files whole and running programs. Temporary files instead of pipes: no program can
 * block because the tool does not read, and dtc may read its input twice. */
#include "tools/partita/file.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool file_read_stream(struct arena *a, FILE *file, struct blob *blob)
{
	struct stat st;
	uint8_t *data;

	if (fflush(file) || fstat(fileno(file), &st))
		return false;
	if (!S_ISREG(st.st_mode)) {
		errno = EISDIR;
		return false;
	}
	rewind(file);
	data = arena_alloc(a, (size_t)st.st_size + 1);
	blob->data = data;
	blob->bytes = fread(data, 1, (size_t)st.st_size, file);
	return !ferror(file);
}

bool file_read(struct arena *a, const char *path, struct blob *blob)
{
	FILE *file = fopen(path, "rb");
	bool ok;
	int why;

	if (!file)
		return false;
	ok = file_read_stream(a, file, blob);
	why = errno;
	fclose(file);
	errno = why;
	return ok;
}

int file_run(const char *const argv[], FILE *in, FILE *out, FILE *err)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status, failed;

	fflush(in);
	/* The child shares the file's offset, so it starts where this leaves it. */
	if (lseek(fileno(in), 0, SEEK_SET) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(in), 0);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
	posix_spawn_file_actions_adddup2(&actions, fileno(err), 2);
	/* posix_spawn takes char *const[] for history's sake; it does not write there. */
	failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
