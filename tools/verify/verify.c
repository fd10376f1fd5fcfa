/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the proof. Each step relies on what those before it have shown, so one that leaves
 * nothing to rely on is the last. */
#include "tools/verify/verify.h"
#include "tools/verify/conf.h"
#include "tools/verify/cpus.h"
#include "tools/verify/index.h"
#include "tools/verify/proof.h"
#include "tools/verify/registers.h"
#include "tools/verify/routes.h"
#include "tools/verify/rows.h"
#include "tools/verify/spaces.h"
#include "tools/verify/walk.h"

/* What the f-map says, without a look at the tables. */
static bool check_fmap(const struct image *m, struct report *r)
{
	unsigned int before;

	if (!index_check(m, r))
		return false;
	cpus_check(m, r);
	registers_check(m, r);
	before = r->failures;
	rows_check(m, r);
	return r->failures == before && routes_check(m, r);
}

static void check_tables(const struct image *m, struct claims *claims, struct grants *grants,
			 struct sharing *sharing, struct report *r)
{
	struct comps comps;

	walk_all(m, claims, r);
	if (report_full(r) || !comps_open(&comps, m, claims, r) || !conf_check(m, claims, &comps, r))
		return;
	spaces_check(m, claims, &comps, r);
	claims_sort(claims);
	if (grants_make(grants, m, &comps, r))
		owners_check(m, claims, grants, sharing, r);
}

bool verify_image(const char *name, const void *data, uint64_t bytes, enum verify_form form, FILE *out)
{
	struct report r = { .failures = 0 };
	struct claims claims = { .count = 0 };
	struct grants grants = { .count = 0 };
	struct image image;
	struct proof proof = { .image = &image, .claims = &claims, .grants = &grants, .report = &r };

	if (image_open(&image, data, bytes, &r) && check_fmap(&image, &r))
		check_tables(&image, &claims, &grants, &proof.sharing, &r);
	if (form == VERIFY_JSON)
		proof_print_json(&proof, name, out);
	else
		proof_print_text(&proof, out);
	claims_free(&claims);
	grants_free(&grants);
	return r.failures == 0;
}
