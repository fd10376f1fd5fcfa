/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's board as firmware of these tests sees it. */
#define SCR_EL3 0x24018000535         /* NS, FIQ, RES1, HCE, RW; FGTEn, ECVEn; HXEn, EnTP2 */
#define IMAGE 0x40200000              /* where the tool puts it */
#define GICD 0x08000000
#define GICR 0x080a0000
#define GICR_BYTES 0x20000
#define GICR_WAKER 0x14
#define GICR_SGI 0x10000
#define GIC_IGROUPR 0x080             /* in GICD, and behind GICR_SGI */
#define WORDS 9                       /* of INTIDs: there are 288 */
