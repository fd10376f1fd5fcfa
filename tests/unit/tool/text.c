/* SPDX-License-Identifier: Apache-2.0 */
/* Text that somebody else chose, in HTML; and quantities as text. */
#include "tools/partita/html.h"
#include "tools/partita/text.h"
#include "tools/partita/units.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

static void assert_html(const char *text, const char *expected)
{
	char *html;
	size_t bytes;
	FILE *out = open_memstream(&html, &bytes);

	html_print(out, "%s", text);
	fclose(out);
	assert_string_equal(html, expected);
	free(html);
}

static void markup_is_escaped(void **state)
{
	(void)state;
	assert_html("a<b> & \"c\" 'd'", "a&#60;b&#62; &#38; &#34;c&#34; &#39;d&#39;");
	assert_html("\303\274\342\202\254\360\237\230\200", "\303\274\342\202\254\360\237\230\200");
	assert_html("", "");
}

static void what_is_not_utf8_or_cannot_be_seen_is_replaced(void **state)
{
	(void)state;
	assert_html("\xff", "&#xfffd;");
	assert_html("\xc3", "&#xfffd;"); /* cut off by the end */
	assert_html("\xe2\x82", "&#xfffd;&#xfffd;");
	assert_html("\xc0\xaf", "&#xfffd;&#xfffd;"); /* '/' in two bytes */
	assert_html("\xed\xa0\x80", "&#xfffd;&#xfffd;&#xfffd;"); /* half of a surrogate pair */
	assert_html("\xf4\x90\x80\x80", "&#xfffd;&#xfffd;&#xfffd;&#xfffd;");
	assert_html("\x1b[0m", "&#xfffd;[0m");
	assert_html("a\xe2\x80\xae"
		    "b",
		    "a&#xfffd;b"); /* right-to-left override */
}

static void other_conversions_are_those_of_printf(void **state)
{
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	html_print(out, "<b>%d %u %02x%% 0x%" PRIx64 "|%s|%c", -3, 4000000000u, 10, UINT64_C(0x123456789a),
		   "<", 'x');
	fclose(out);
	assert_string_equal(text, "<b>-3 4000000000 0a% 0x123456789a|&#60;|x");
	free(text);
}

static void quantities_are_exact_while_short(void **state)
{
	struct arena a = { NULL };

	(void)state;
	assert_string_equal(units_bytes(&a, 0), "0 bytes");
	assert_string_equal(units_bytes(&a, 777), "777 bytes");
	assert_string_equal(units_bytes(&a, 4096), "4 KiB");
	assert_string_equal(units_bytes(&a, 9999), "9999 bytes");
	assert_string_equal(units_bytes(&a, 10001), "9.8 KiB");
	assert_string_equal(units_bytes(&a, 1152 * 1024), "1152 KiB");
	assert_string_equal(units_bytes(&a, UINT64_C(35436) * 1024), "34.7 MiB");
	assert_string_equal(units_bytes(&a, UINT64_C(1) << 40), "1024 GiB");
	assert_string_equal(units_ns(&a, 1500000), "1500 us");
	assert_string_equal(units_ns(&a, 2000000000), "2 s");
	assert_string_equal(units_percent(&a, 2, 10), "20.0 %");
	assert_string_equal(units_percent(&a, 1, 10000), "0.1 %");
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_escaped),
		cmocka_unit_test(what_is_not_utf8_or_cannot_be_seen_is_replaced),
		cmocka_unit_test(other_conversions_are_those_of_printf),
		cmocka_unit_test(quantities_are_exact_while_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
