#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# qemu-backports.sh DIRECTORY
#
# Unpacks the QEMU of the suite bookworm-backports below DIRECTORY, with what it needs and this
# machine lacks, and leaves DIRECTORY/qemu-system-aarch64 there to be called instead of Debian 12's
# own: for tests of what that one has not, such as the second stage of an SMMU.
set -eu

mkdir -p "$1"
dir=$(cd "$1" && pwd)
"$(dirname "$0")/unpack-deb.sh" -t bookworm-backports "$dir" qemu-system-arm

cat >"$dir/qemu-system-aarch64" <<'EOT'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu):$(echo "$here"/lib/*-linux-gnu)
export LD_LIBRARY_PATH
exec "$here/usr/bin/qemu-system-aarch64" -L "$here/usr/share/qemu" "$@"
EOT
chmod +x "$dir/qemu-system-aarch64"
"$dir/qemu-system-aarch64" --version >"$dir/version"
