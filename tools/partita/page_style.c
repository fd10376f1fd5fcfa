/* SPDX-License-Identifier: Apache-2.0 */
/* The style sheet, as it lies beside this file: the tool carries it within itself. */
#include "tools/partita/page.h"

__asm__(".pushsection .rodata\n"
	".globl page_style\n"
	"page_style: .incbin \"tools/partita/page.css\"\n"
	".byte 0\n"
	".popsection\n");
