#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# setup.sh GROUP...
#
# Looks whether this machine has what the groups need, says what is missing and installs it with
# apt-get, as root or with sudo. PARTITA_SETUP=no: it prints the line to type instead and fails.
# To look at files and commands, not at dpkg's database, keeps the check at some milliseconds, and
# accepts a tool that came from elsewhere.
set -eu

netboot=/usr/lib/debian-installer/images/12/arm64/text/debian-installer/arm64

# GROUP: what a command of the Makefile needs. PROBE: a command, or the path of a file.
#	GROUP	PROBE	PACKAGE
needs="
	run	gcc	gcc
	run	/usr/include/stdio.h	libc6-dev
	run	aarch64-linux-gnu-gcc	gcc-aarch64-linux-gnu
	run	dtc	device-tree-compiler
	run	/usr/include/libfdt.h	libfdt-dev
	run	cpio	cpio
	run	qemu-system-aarch64	qemu-system-arm
	run	$netboot/linux	debian-installer-12-netboot-arm64
	llvm	clang	clang
	llvm	ld.lld	lld
	llvm	llvm-objcopy	llvm
	coverage	clang-19	clang-19
	coverage	ld.lld-19	lld-19
	coverage	llvm-cov-19	llvm-19
	coverage	/usr/share/doc/libclang-rt-19-dev	libclang-rt-19-dev
	test	clang	clang
	test	/usr/lib/llvm-14/lib/clang/14.0.6/include/fuzzer/FuzzedDataProvider.h	libclang-rt-14-dev
	check	/usr/bin/python3	python3
	check	aarch64-linux-gnu-gcc	gcc-aarch64-linux-gnu
	check	gcc	gcc
	check	/usr/include/stdio.h	libc6-dev
	check	/usr/include/libfdt.h	libfdt-dev
	check	clang-format	clang-format
	check	cloc	cloc
	test	/usr/include/cmocka.h	libcmocka-dev
	test	spin	spin
	test	groff	groff-base
	test	/usr/lib/python3/dist-packages/pytest	python3-pytest
	test	/usr/lib/python3/dist-packages/pexpect	python3-pexpect
	test	/usr/lib/python3/dist-packages/selenium	python3-selenium
	test	chromium	chromium
	test	chromedriver	chromium-driver
	test	/usr/lib/python3/dist-packages/elftools	python3-pyelftools
	proofs	frama-c	frama-c-base
	proofs	why3	why3
	proofs	z3	z3
	proofs	cvc4	cvc4
"

present() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

packages=
while read -r group probe package; do
	case " $* " in *" $group "*) ;; *) continue ;; esac
	present "$probe" && continue
	case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
done <<EOT
$needs
EOT
[ -n "$packages" ] || exit 0

install="apt-get install --no-install-recommends$packages"
echo "Missing on this machine:$packages" >&2
if [ "${PARTITA_SETUP:-yes}" = no ]; then
	echo "Install with: $install" >&2
	exit 1
fi
if ! command -v apt-get >/dev/null; then
	echo "There is no apt-get here: install what these Debian 12 packages hold." >&2
	exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
	as_root=sudo
	if ! command -v sudo >/dev/null; then
		echo "Neither root nor sudo. As root: $install" >&2
		exit 1
	fi
fi

# A word of $install or $as_root is a word of the command: no quotes.
echo "Installing: $install" >&2
$as_root apt-get -q update
$as_root env DEBIAN_FRONTEND=noninteractive $install --yes -q -o DPkg::Lock::Timeout=120
