/* SPDX-License-Identifier: Apache-2.0 */
/* The proof as one line of JSON. Names come from the image: they may be any bytes. */
#include "tools/verify/proof.h"
#include "tools/verify/sweep.h"

#include <inttypes.h>

static void print_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void print_member(const char *name, const char *text, FILE *out)
{
	fprintf(out, "\"%s\": ", name);
	print_string(text, out);
}

static const char *comma(uint64_t index)
{
	return index ? ", " : "";
}

static void print_failures(const struct report *r, FILE *out)
{
	fprintf(out, ", \"failures\": [");
	for (unsigned int i = 0; i < r->failures && i < REPORT_MAX; i++) {
		fputs(comma(i), out);
		print_string(r->text[i], out);
	}
	fputc(']', out);
}

static void print_worlds(const struct proof *p, FILE *out)
{
	fprintf(out, ", \"worlds\": [");
	for (uint32_t i = 0; i < p->claims->view_count; i++) {
		const struct view *v = &p->claims->view[i];

		fprintf(out, "%s{", comma(i));
		print_member("name", v->name, out);
		fprintf(out, ", \"vmid\": %u, \"root\": %" PRIu64 "}", proof_vmid(p->image, v), v->root);
	}
	fputc(']', out);
}

struct list {
	FILE *out;
	uint64_t count;
};

static bool print_stretch(const struct stretch *s, void *context)
{
	struct list *list = context;

	fprintf(list->out, "%s{\"pa\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"device\": %s, \"access\": {",
		comma(list->count++), s->pa, s->end - s->pa, s->claim[0]->device ? "true" : "false");
	for (uint32_t i = 0; i < s->count && s->claim[i]->rights; i++) {
		fputs(comma(i), list->out);
		print_string(stretch_view(s, s->claim[i])->name, list->out);
		fprintf(list->out, ": \"%s\"", rights_text(s->claim[i]->rights));
	}
	fputs("}}", list->out);
	return true;
}

static void print_memory(const struct proof *p, FILE *out)
{
	struct list list = { out, 0 };

	fprintf(out, ", \"memory\": [");
	sweep(p->image, p->claims, print_stretch, &list);
	fputc(']', out);
}

static void print_sharing(const struct proof *p, FILE *out)
{
	fprintf(out, ", \"sharing\": [");
	for (uint32_t i = 0; i < p->grants->count; i++) {
		const struct grant *g = &p->grants->grant[i];

		fprintf(out, "%s{", comma(i));
		print_member("kind", grant_kind_text(g->kind), out);
		fputs(", ", out);
		print_member("name", g->name ? g->name : "", out);
		fputs(", ", out);
		print_member("writer", p->claims->view[g->writer].name, out);
		fputs(", ", out);
		print_member("reader", p->claims->view[g->reader].name, out);
		fprintf(out, ", \"bytes\": %" PRIu64 "}", g->bytes);
	}
	fputc(']', out);
}

static void print_interrupts(const struct proof *p, FILE *out)
{
	const struct image *m = p->image;
	uint64_t count = 0;

	fprintf(out, ", \"interrupts\": [");
	for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
		const struct fmap_irq *irq = &m->irq[i];

		if (irq->kind == IRQ_NONE)
			continue;
		fprintf(out, "%s{\"intid\": %u, ", comma(count++), i);
		print_member("owner",
			     irq->kind == IRQ_VM ? m->vm[irq->owner].name : m->service[irq->owner].name, out);
		fprintf(out, ", \"cpu\": %u}", irq->cpu);
	}
	fputc(']', out);
}

void proof_print_json(const struct proof *p, const char *name, FILE *out)
{
	fputc('{', out);
	print_member("image", name, out);
	fprintf(out, ", \"proven\": %s", p->report->failures ? "false" : "true");
	print_failures(p->report, out);
	if (p->report->failures == 0) {
		print_worlds(p, out);
		print_memory(p, out);
		print_sharing(p, out);
		print_interrupts(p, out);
	}
	fputs("}\n", out);
}
