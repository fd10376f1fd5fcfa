/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/lib/machine.h"
#define GUEST_ENTRY attack_start
#include "guests/lib/guest.ld.h"
