/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partita, the host tool: reads its command line, has the work done, prints what went wrong.
 * Exit status: 0, 1 for mistakes in the description (or an image that fails its proof), 2 for
 * wrong usage and failures of files and programs. Of diff, as of diff(1): 0 the same, 1 not the
 * same, 2 whatever kept it from comparing.
 */
#include "tools/partita/diff.h"
#include "tools/partita/image_file.h"
#include "tools/partita/image_view.h"
#include "tools/partita/language.h"
#include "tools/partita/map.h"
#include "tools/partita/page.h"
#include "tools/partita/port.h"

#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_FAILURE 2

struct arguments {
	struct options options;
	const char *word[2]; /* the command's arguments */
	int words;
	char **rest; /* from the command's name on */
	const char *output, *elf;
	void (*print)(const struct machine *m, FILE *out);  /* a map's form, if not text */
};

/* Options are named by a letter; long ones by that of `longs` below. */
struct command {
	const char *name, *synopsis, *what;
	const char *takes; /* letters of its options; NULL: its command line is not read here */
	bool needs_output;
	int least, most; /* arguments */
	int (*run)(struct arguments *a);
};

/* ---- What belongs to the tool: beside it, or where it was installed ---- */

#define PATH_BYTES 4096
#define INSTALLED "../share/partita" /* from the folder that the tool is in: bin */

/* The path of a file in a folder that is named from this program's. */
static const char *from_here(const char *folder, const char *name, char path[PATH_BYTES])
{
	char self[PATH_BYTES];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[length < 0 ? 0 : length] = 0;
	if (snprintf(path, PATH_BYTES, "%s/%s/%s", dirname(self), folder, name) >= PATH_BYTES)
		path[0] = 0;
	return path;
}

static const char *find_own(const char *name, char path[PATH_BYTES])
{
	if (access(from_here(".", name, path), R_OK) != 0 &&
	    access(from_here(INSTALLED, name, path), R_OK) != 0)
		from_here(".", name, path);
	return path;
}

/* Boards: in this very folder, as in the source tree, or the installed ones. */
static const char *find_boards(void)
{
	static char path[PATH_BYTES];

	if (access("platforms", R_OK) == 0 || access(from_here(INSTALLED, "platforms", path), R_OK) != 0)
		return "platforms";
	return path;
}

/* Those that were not given are looked for beside the tool. A check can do without them. */
static void default_binaries(struct options *o, bool required)
{
	static char kernel[PATH_BYTES], vmm[PATH_BYTES], console[PATH_BYTES];
	const struct {
		const char **path, *found;
	} binary[] = {
		{ &o->kernel, find_own("kernel.bin", kernel) },
		{ &o->vmm, find_own("vmm.bin", vmm) },
		{ &o->console, find_own("console.bin", console) },
	};

	for (size_t i = 0; i < sizeof(binary) / sizeof(binary[0]); i++) {
		if (!*binary[i].path && (required || access(binary[i].found, R_OK) == 0))
			*binary[i].path = binary[i].found;
	}
}

/* ---- The commands ---- */

/* To standard output if there is no path. */
static void write_text(const char *path, const char *text, size_t bytes, struct diag *d)
{
	FILE *file = path ? fopen(path, "wb") : stdout;

	if (!file || fwrite(text, 1, bytes, file) != bytes || (path ? fclose(file) : fflush(file)))
		diag_report(d, DIAG_FILE_UNWRITABLE, NO_POS, "cannot write %s: %m",
			    path ? path : "standard output");
}

static int finish(struct build *b)
{
	int status = diag_status(&b->diag);

	diag_print(&b->diag, stderr);
	build_free(b);
	return status;
}

static int run_check(struct arguments *a)
{
	static struct build b;

	default_binaries(&a->options, false);
	build_make(&b, &a->options);
	return finish(&b);
}

static int run_build(struct arguments *a)
{
	static struct build b;
	struct blob image;

	default_binaries(&a->options, true);
	build_make(&b, &a->options);
	if (diag_status(&b.diag) == 0) {
		image = image_file_make(&b);
		if (image_file_write(&b, a->output, image) && a->elf)
			image_file_write_elf(&b, a->elf, image);
	}
	return finish(&b);
}

static void print_map(const struct arguments *a, struct build *b)
{
	struct machine m;
	char *text;
	size_t bytes;
	FILE *out = a->output ? open_memstream(&text, &bytes) : stdout;

	machine_make(&m, b, image_file_make(b));
	(a->print ? a->print : map_print)(&m, out);
	if (!a->output)
		return;
	fclose(out);
	image_file_write(b, a->output, (struct blob){ (const uint8_t *)text, bytes });
	free(text);
}

static int run_map(struct arguments *a)
{
	static struct build b;

	default_binaries(&a->options, true);
	build_make(&b, &a->options);
	if (diag_status(&b.diag) == 0)
		print_map(a, &b);
	return finish(&b);
}

/* The facts of an image, or of the one that a description would make. */
static bool read_facts(struct facts *f, struct build *b, const struct options *o)
{
	struct blob image;
	bool ok = file_read(&b->arena, o->system, &image) && image_view_is_image(image);

	if (!ok) {
		build_make(b, o);
		ok = diag_status(&b->diag) == 0;
		if (ok)
			image = image_file_make(b);
		diag_print(&b->diag, stderr);
	}
	if (ok && !facts_make(f, image, &b->arena)) {
		fprintf(stderr, "partita: error: %s is damaged: it makes no sense\n", o->system);
		ok = false;
	}
	return ok;
}

static int run_diff(struct arguments *args)
{
	static struct build before, after;
	struct facts a, b;
	int status = STATUS_FAILURE;

	default_binaries(&args->options, true);
	if (read_facts(&a, &before, &args->options)) {
		args->options.system = args->word[1];
		if (read_facts(&b, &after, &args->options))
			status = diff_print(&a, &b, stdout) ? 1 : 0;
	}
	build_free(&before);
	build_free(&after);
	return status;
}

/* The checker is a program of its own; its command line is its own too. */
static int run_verify(struct arguments *a)
{
	char path[PATH_BYTES];

	execv(from_here(".", "partita-verify", path), a->rest);
	fprintf(stderr, "partita: error: cannot run %s: %m\n", path);
	return STATUS_FAILURE;
}

static int run_explain(struct arguments *a)
{
	if (diag_explain(a->word[0], stdout))
		return 0;
	fprintf(stderr, "partita: error: there is no code '%s'; 'partita explain' lists all\n", a->word[0]);
	return STATUS_FAILURE;
}

#define READING "PIkvc"

static int run_platform(struct arguments *a)
{
	struct arena arena = { NULL };
	struct diag d = { .arena = &arena };
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int status;

	port_write(a->word[0], out, &arena, &d);
	fclose(out);
	if (diag_status(&d) == 0)
		write_text(a->output, text, bytes, &d);
	free(text);
	diag_print(&d, stderr);
	status = diag_status(&d);
	arena_free(&arena);
	return status;
}

static int run_properties(struct arguments *a)
{
	(void)a;
	language_print(stdout);
	return 0;
}

static const struct command commands[] = {
	{ "check", "SYSTEM.dts [options]", "say all that is wrong with a description", READING, false, 1, 1,
	  run_check },
	{ "build", "SYSTEM.dts -o OUT.img [--elf OUT.elf] [options]", "make a boot image", READING "oe", true,
	  1, 1, run_build },
	{ "map", "SYSTEM.dts [--html|--json] [-o OUT] [options]",
	  "print the whole machine as text, as a page to look at, or for other programs", READING "ohj",
	  false, 1, 1, run_map },
	{ "diff", "A B [options]", "say what changed between two systems, each a description or an image",
	  READING, false, 2, 2, run_diff },
	{ "verify", "[--json] IMAGE...", "prove finished images", NULL, false, 0, 0, run_verify },
	{ "platform", "BOARD.dtb [-o platform.dts]", "begin a platform.dts from a board's own device tree",
	  "o", false, 1, 1, run_platform },
	{ "properties", "", "list all that descriptions may have: kind, node, property, type", "", false, 0,
	  0, run_properties },
	{ "explain", "[CODE]", "what the code of a message means; all codes", "", false, 0, 1, run_explain },
};

static const char options_help[] =
	"options:\n"
	"  -P DIR                          where boards are: DIR/NAME/platform.dts (platforms,\n"
	"                                  or those that were installed with the tool)\n"
	"  -I DIR                          look for guest images in DIR too; may be given again\n"
	"  --kernel, --vmm, --console FILE Partita's own binaries (those beside the tool,\n"
	"                                  or installed with it)\n"
	"exit status: 0 done, 1 mistakes in the description or an image not proven,\n"
	"  2 wrong usage or a failure of files and programs; of diff 0 the same, 1 not\n";

static void print_usage(FILE *out)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "%s partita %s %s\n          %s\n", i ? "      " : "usage:", commands[i].name,
			commands[i].synopsis, commands[i].what);
	fputs(options_help, out);
}

/* ---- The command line ---- */

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static bool take_option(struct arguments *a, int option)
{
	struct search *images = &a->options.images;

	switch (option) {
	case 'o':
		a->output = optarg;
		break;
	case 'e':
		a->elf = optarg;
		break;
	case 'P':
		a->options.platform_dir = optarg;
		break;
	case 'I':
		if (images->count == SEARCH_MAX_DIRS)
			return false;
		images->dir[images->count++] = optarg;
		break;
	case 'k':
		a->options.kernel = optarg;
		break;
	case 'v':
		a->options.vmm = optarg;
		break;
	case 'c':
		a->options.console = optarg;
		break;
	case 'h':
		a->print = page_print;
		break;
	case 'j':
		a->print = map_json;
		break;
	}
	return true;
}

/* Everything behind the command's name. */
static bool parse(const struct command *c, struct arguments *a, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "elf", required_argument, NULL, 'e' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "vmm", required_argument, NULL, 'v' },
		{ "console", required_argument, NULL, 'c' },
		{ "html", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "o:P:I:", longs, NULL)) != -1) {
		if (!strchr(c->takes, option) || !take_option(a, option))
			return false;
	}
	a->words = argc - optind;
	for (int i = 0; i < a->words && i < 2; i++)
		a->word[i] = argv[optind + i];
	a->options.system = a->word[0];
	return a->words >= c->least && a->words <= c->most && (a->output || !c->needs_output);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct arguments a = { .options.platform_dir = find_boards(), .rest = argv + 1 };
	const struct command *c = find_command(argv[1]);

	if (asks_for_help(argc, argv)) {
		print_usage(stdout);
		return 0;
	}
	if (!c || (c->takes && !parse(c, &a, argc - 1, argv + 1))) {
		print_usage(stderr);
		return STATUS_FAILURE;
	}
	return c->run(&a);
}
