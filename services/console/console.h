/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: one serial line for all VMs. It runs when it is notified and does a bounded
 * piece of work; if some is left, it asks to be run again at once.
 *
 * Out: turns go round. In a turn a VM's bytes are taken up to the end of one line, or the
 * kernel's log gives one record. A turn is begun only when the terminal's queue is short, so
 * a fast VM fills its own ring and loses its own characters, and an echo is never far behind.
 * Of the VM in focus the unfinished line shows too, once it pauses.
 *
 * A UART gives single characters, and a run for each would be a waste. So after a run that took
 * some the console looks again a little later by itself, and asks for doorbells only when it
 * found nothing.
 *
 * In: what is typed goes to the VM in focus, but for KEY_ESCAPE and the key after it.
 */
#ifndef PARTITA_CONSOLE_CONSOLE_H
#define PARTITA_CONSOLE_CONSOLE_H

#include "abi/vmconf.h"
#include "services/console/channel.h"
#include "services/console/log.h"
#include "services/console/terminal.h"
#include "services/console/uart.h"
#include "services/service.h"

#define KEY_ESCAPE 0x1d          /* Ctrl-] */

struct console_vm {
	struct channel channel;
	struct line line;
	uint32_t dropped;      /* as last told */
	bool drop_pending;     /* more were dropped; told when the ring was read up to drop_mark */
	uint32_t drop_mark;
	bool took;             /* something from its ring, in this run */
	uint64_t taken_at;     /* the run in which it last did */
};

/* What the console itself has to say. */
struct console_notices {
	bool focus;            /* who has the input */
	bool key;              /* unknown_key is none of the keys */
	bool goodbye;          /* said */
	uint8_t unknown_key;
	uint32_t help_line;    /* next line of the help + 1; 0: none */
};

struct console {
	const struct svcconf *conf;
	struct uart uart;
	uint64_t pause;        /* ticks until it looks again by itself */
	uint32_t vm_count;     /* VMs with a console: channels */
	uint32_t focus;        /* channel that has the input */
	uint32_t turn;         /* whose turn it is; vm_count is the log's */
	bool escape;           /* KEY_ESCAPE was typed */
	bool open;             /* the UART is ours: what the kernel itself wrote is out */
	bool all_off;          /* every VM is off: what is left goes out, then the board is off */
	uint32_t patience;     /* alarms before a UART that does not get on is given up */
	uint32_t unshown;      /* runs since the unfinished line grew and was not shown */
	uint64_t now;          /* of this run */
	bool log_held;         /* a record waits for the VM's own last words: */
	uint32_t log_cpu, log_seq;  /* this one, as others may come before it .. */
	uint32_t log_mark;     /* .. they end here .. */
	uint64_t log_given_up; /* .. or are waited for so long .. */
	uint64_t log_until;    /* .. and until then the rest of a line is */
	bool log_pauses;       /* nothing but that rest was missing, in this run */
	uint32_t log_lost;     /* records, not yet told; .. */
	uint64_t log_lost_due; /* .. not before then */
	struct console_notices notices;
	struct log_reader log;
	struct terminal terminal;
	struct row row;        /* being made */
	struct console_vm vm[SVCCONF_MAX_CHANNELS];
};

/* Once, on zeroed memory. The channels' and logs' pages are set by the caller before. */
void console_init(struct console *console, const struct svcconf *conf, volatile uint32_t *uart,
		  uint64_t frequency);

struct service_reply console_run(struct console *console, uint64_t notifications, uint64_t now);

/* ---- Between the console's own files ---- */

/* keys.c: one typed byte. Returns the doorbells to ring. */
uint64_t console_key(struct console *console, uint8_t byte);

/* print.c: one turn, or one notice. False: there is nothing to print. */
bool console_turn(struct console *console);

/* print.c: shows the unfinished line of the VM in focus, if there is one. */
void console_show(struct console *console);

/* print.c: a piece of the last words, when all else is printed. False: all is said. */
bool console_close_turn(struct console *console);

#endif
