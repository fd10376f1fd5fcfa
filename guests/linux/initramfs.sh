#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# initramfs.sh BUSYBOX OUTPUT [DIRECTORY FILE...]
#
# Packs the Linux guest's root: a static busybox for arm64, the three files beside this script, and
# files of an unpacked package, which keep their paths below DIRECTORY. The same input gives the
# same bytes, whoever packs it, where and when.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
busybox=$1
output=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/bin" "$root/sbin" "$root/etc"
cp "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
ln -s ../bin/busybox "$root/sbin/init"
cp "$here/init" "$root/init"
cp "$here/inittab" "$here/greeting" "$root/etc"
if [ $# -gt 0 ]; then
	directory=$1
	shift
	for file; do
		mkdir -p "$root/$(dirname "$file")"
		cp -L "$directory/$file" "$root/$file"
	done
fi

chmod -R u=rwX,go=rX "$root"
chmod 755 "$root/init" "$root/etc/greeting" "$root/bin/busybox"
find "$root" -exec touch -h -d @0 '{}' +
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0) >"$root.cpio"
trap 'rm -rf "$root" "$root.cpio"' EXIT
gzip -n -9 <"$root.cpio" >"$output.new"
mv "$output.new" "$output"
