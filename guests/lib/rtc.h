/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, a PL031 (DDI 0224): it counts seconds, and its line follows RTCIMSC once it has matched. */
#ifndef PARTITA_GUESTS_LIB_RTC_H
#define PARTITA_GUESTS_LIB_RTC_H

#include "guests/lib/machine.h"

#define RTCDR (RTC_BASE + 0x00)
#define RTCMR (RTC_BASE + 0x04)
#define RTCLR (RTC_BASE + 0x08)
#define RTCCR (RTC_BASE + 0x0c)
#define RTCIMSC (RTC_BASE + 0x10)
#define RTCRIS (RTC_BASE + 0x14)
#define RTCMIS (RTC_BASE + 0x18)
#define RTCICR (RTC_BASE + 0x1c)
#define RTCPeriphID0 (RTC_BASE + 0xfe0)
#define RTCPCellID0 (RTC_BASE + 0xff0)

#endif
