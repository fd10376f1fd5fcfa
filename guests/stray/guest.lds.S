/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/lib/machine.h"
#include "guests/lib/guest.ld.h"
