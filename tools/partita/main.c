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
#include "tools/partita/map.h"
#include "tools/partita/page.h"

#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: partita check SYSTEM.dts [options]      say what is wrong with a description\n"
	"       partita build SYSTEM.dts -o OUT.img     make a boot image\n"
	"                     [--elf OUT.elf] [options]\n"
	"       partita map SYSTEM.dts [--html|--json]  print the whole machine as text, as a page\n"
	"                   [-o OUT] [options]          to look at, or for other programs\n"
	"       partita diff A B [options]              say what changed between two systems, each a\n"
	"                                               description or an image\n"
	"       partita verify [--json] IMAGE...        prove finished images\n"
	"\n"
	"options: -P DIR           where boards are: DIR/NAME/platform.dts (platforms)\n"
	"         -I DIR           look for guest images in DIR too; may be given again\n"
	"         --kernel FILE    Partita's own binaries; those beside the tool if not given\n"
	"         --vmm FILE\n"
	"         --console FILE\n";

struct command {
	const char *name;
	struct options options;
	const char *output, *elf, *other;
	void (*print)(const struct machine *m, FILE *out);  /* a map's form, if not text */
};

/* The path of a file beside this program, in memory that lasts. */
static const char *beside(const char *name, char path[4096])
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[length < 0 ? 0 : length] = 0;
	if (snprintf(path, 4096, "%s/%s", dirname(self), name) >= 4096)
		path[0] = 0;
	return path;
}

static bool parse(struct command *c, int argc, char **argv)
{
	enum {
		ELF = 256,
		KERNEL,
		VMM,
		CONSOLE,
		HTML,
		JSON,
	};
	static const struct option longs[] = {
		{ "elf", required_argument, NULL, ELF }, { "kernel", required_argument, NULL, KERNEL },
		{ "vmm", required_argument, NULL, VMM }, { "console", required_argument, NULL, CONSOLE },
		{ "html", no_argument, NULL, HTML },         { "json", no_argument, NULL, JSON },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "o:P:I:", longs, NULL)) != -1) {
		switch (option) {
		case 'o':
			c->output = optarg;
			break;
		case 'P':
			c->options.platform_dir = optarg;
			break;
		case 'I':
			if (c->options.images.count == SEARCH_MAX_DIRS)
				return false;
			c->options.images.dir[c->options.images.count++] = optarg;
			break;
		case ELF:
			c->elf = optarg;
			break;
		case KERNEL:
			c->options.kernel = optarg;
			break;
		case VMM:
			c->options.vmm = optarg;
			break;
		case CONSOLE:
			c->options.console = optarg;
			break;
		case HTML:
			c->print = page_print;
			break;
		case JSON:
			c->print = map_json;
			break;
		default:
			return false;
		}
	}
	if (argc - optind < 2)
		return false;
	c->name = argv[optind];
	c->options.system = argv[optind + 1];
	c->other = argv[optind + 2];
	return argc - optind == (strcmp(c->name, "diff") == 0 ? 3 : 2);
}

/* A check can do without the binaries; the rest cannot. */
static void default_binaries(struct command *c)
{
	static char kernel[4096], vmm[4096], console[4096];
	bool check = strcmp(c->name, "check") == 0;

	if (!c->options.kernel && (access(beside("kernel.bin", kernel), R_OK) == 0 || !check))
		c->options.kernel = kernel;
	if (!c->options.vmm && (access(beside("vmm.bin", vmm), R_OK) == 0 || !check))
		c->options.vmm = vmm;
	if (!c->options.console && (access(beside("console.bin", console), R_OK) == 0 || !check))
		c->options.console = console;
}

/* The checker is a program of its own; its command line is its own too. */
static int verify(char **argv)
{
	char path[4096];

	execv(beside("partita-verify", path), argv);
	fprintf(stderr, "partita: error: cannot run %s: %m\n", path);
	return 2;
}

static void map(const struct command *c, struct build *b)
{
	struct machine m;
	char *text;
	size_t bytes;
	FILE *out = c->output ? open_memstream(&text, &bytes) : stdout;

	machine_make(&m, b, image_file_make(b));
	(c->print ? c->print : map_print)(&m, out);
	if (!c->output)
		return;
	fclose(out);
	image_file_write(b, c->output, (struct blob){ (const uint8_t *)text, bytes });
	free(text);
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

static int diff(const struct command *c)
{
	static struct build before, after;
	struct options o = c->options;
	struct facts a, b;
	int status = 2;

	if (read_facts(&a, &before, &o)) {
		o.system = c->other;
		if (read_facts(&b, &after, &o))
			status = diff_print(&a, &b, stdout) ? 1 : 0;
	}
	build_free(&before);
	build_free(&after);
	return status;
}

static int run(const struct command *c)
{
	static struct build b;
	struct blob image;
	int status;

	build_make(&b, &c->options);
	if (diag_status(&b.diag) == 0 && strcmp(c->name, "map") == 0)
		map(c, &b);
	if (diag_status(&b.diag) == 0 && strcmp(c->name, "build") == 0) {
		image = image_file_make(&b);
		if (image_file_write(&b, c->output, image) && c->elf)
			image_file_write_elf(&b, c->elf, image);
	}
	diag_print(&b.diag, stderr);
	status = diag_status(&b.diag);
	build_free(&b);
	return status;
}

/* Whether there is such a command, and it takes the options that it was given. */
static bool is_sensible(const struct command *c)
{
	bool map = strcmp(c->name, "map") == 0;

	if ((c->print && !map) || (c->elf && strcmp(c->name, "build") != 0))
		return false;
	if (strcmp(c->name, "build") == 0)
		return c->output;
	return map || (!c->output && (strcmp(c->name, "check") == 0 || strcmp(c->name, "diff") == 0));
}

int main(int argc, char **argv)
{
	struct command c = { .options.platform_dir = "platforms" };

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "verify") == 0)
		return verify(argv + 1);
	if (!parse(&c, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (!is_sensible(&c)) {
		fputs(usage, stderr);
		return 2;
	}
	default_binaries(&c);
	return strcmp(c.name, "diff") == 0 ? diff(&c) : run(&c);
}
