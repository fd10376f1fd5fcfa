/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partita, the host tool: reads its command line, has the work done, prints what went wrong.
 * Exit status: 0, 1 for mistakes in the description (or an image that fails its proof), 2 for
 * wrong usage and failures of files and programs.
 */
#include "tools/partita/image_file.h"
#include "tools/partita/map.h"

#include <getopt.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: partita check SYSTEM.dts [options]      say what is wrong with a description\n"
	"       partita build SYSTEM.dts -o OUT.img     make a boot image\n"
	"                     [--elf OUT.elf] [options]\n"
	"       partita map SYSTEM.dts [options]        print the whole machine as text\n"
	"       partita verify IMAGE                    prove a finished image\n"
	"\n"
	"options: -P DIR           where boards are: DIR/NAME/platform.dts (platforms)\n"
	"         -I DIR           look for guest images in DIR too; may be given again\n"
	"         --kernel FILE    Partita's own binaries; those beside the tool if not given\n"
	"         --vmm FILE\n"
	"         --console FILE\n";

struct command {
	const char *name;
	struct options options;
	const char *output, *elf;
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
	};
	static const struct option longs[] = {
		{ "elf", required_argument, NULL, ELF }, { "kernel", required_argument, NULL, KERNEL },
		{ "vmm", required_argument, NULL, VMM }, { "console", required_argument, NULL, CONSOLE },
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
		default:
			return false;
		}
	}
	if (argc - optind != 2)
		return false;
	c->name = argv[optind];
	c->options.system = argv[optind + 1];
	return true;
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

static int verify(const char *image)
{
	char path[4096];

	execl(beside("partita-verify", path), "partita-verify", image, (char *)NULL);
	fprintf(stderr, "partita: error: cannot run %s: %m\n", path);
	return 2;
}

static int run(const struct command *c)
{
	static struct build b;
	struct blob image;
	int status;

	build_make(&b, &c->options);
	if (diag_status(&b.diag) == 0 && strcmp(c->name, "map") == 0)
		map_print(&b, stdout);
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

int main(int argc, char **argv)
{
	struct command c = { .options.platform_dir = "platforms" };
	bool build;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (!parse(&c, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (strcmp(c.name, "verify") == 0)
		return verify(c.options.system);
	build = strcmp(c.name, "build") == 0;
	if (build != (c.output != NULL) ||
	    (!build && strcmp(c.name, "check") != 0 && strcmp(c.name, "map") != 0)) {
		fputs(usage, stderr);
		return 2;
	}
	default_binaries(&c);
	return run(&c);
}
