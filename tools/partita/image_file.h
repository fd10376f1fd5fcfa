/* SPDX-License-Identifier: Apache-2.0 */
/* The boot image (abi/image.h): the file that a loader takes, and the same as ELF. */
#ifndef PARTITA_TOOL_IMAGE_FILE_H
#define PARTITA_TOOL_IMAGE_FILE_H

#include "tools/partita/build.h"

/* The whole image, with its hash. */
struct blob image_file_make(struct build *b);
/* Each file appears whole or not at all. False after a failure was reported. */
bool image_file_write(struct build *b, const char *path, struct blob image);
bool image_file_write_elf(struct build *b, const char *path, struct blob image);

#endif
