#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# unpack-deb.sh [-a ARCHITECTURE] [-t SUITE] [-m] DIRECTORY PACKAGE...
#
# Unpacks Debian packages below DIRECTORY and installs nothing: the machine's packages, its
# architectures and its apt state stay as they are, and no root is needed. Of another architecture
# it takes just the packages named; of the machine's own also what they depend on and the machine
# lacks. SUITE is an extra one to prefer, bookworm-backports for instance. With -m the packages named
# are metapackages of another architecture: what they depend on is taken in their stead.
#
# Where to fetch from is what the machine's own apt knows, in whichever form its sources are
# written. Only Debian's own entries count: apt tells each entry's origin, once its lists are there.
set -eu

me=unpack-deb.sh
die() { echo "$me: $*" >&2; exit 1; }

native=$(dpkg --print-architecture)
arch=$native
suite=
meta=no
while getopts a:t:m opt; do
	case $opt in
	a) arch=$OPTARG ;;
	t) suite=$OPTARG ;;
	m) meta=yes ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || die "usage: $me [-a ARCHITECTURE] [-t SUITE] [-m] DIRECTORY PACKAGE..."
dir=$1
shift

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
state=$dir/.apt
log=$state/log
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# A program of apt's with state of its own. Root's would drop to a user that may not reach this folder.
apt() {
	program=$1
	shift
	"$program" -q -o Debug::NoLocking=true -o APT::Sandbox::User=root -o Dir::Cache="$state/cache" \
		-o Dir::State::lists="$state/lists" -o APT::Get::AllowUnauthenticated=false "$@"
}

quietly() {
	"$@" >"$log" 2>&1 || { cat "$log" >&2; die "failed: apt-get said the above"; }
}

# "deb [options] address suite main", one line for each of Debian's entries of release 12 among
# those that apt has lists of.
debian_entries() {
	apt-get "$@" indextargets --format '$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null | sort -u |
	while IFS='|' read -r origin release component uri; do
		[ "$origin/$component" = Debian/main ] || continue
		case $release in
		bookworm | bookworm-updates | bookworm-security) ;;
		*) continue ;;
		esac
		echo "deb [arch=$arch signed-by=$keyring] $uri $release main"
		if [ "$release" = bookworm ] && [ -n "$suite" ]; then
			echo "deb [arch=$arch signed-by=$keyring] $uri $suite main"
		fi
	done
}

entries=$(debian_entries)
if [ -z "$entries" ]; then
	# The machine has no lists yet: fetch its own, privately. Another vendor's entry may fail.
	apt apt-get update >"$log" 2>&1 || true
	entries=$(debian_entries -o Dir::State::lists="$state/lists")
fi
if [ -z "$entries" ]; then
	[ ! -s "$log" ] || cat "$log" >&2
	die "this machine's apt sources have no entry of Debian 12's own"
fi
echo "$entries" >"$state/sources.list"

# From here on: those entries alone. `status` says what counts as installed.
status=/var/lib/dpkg/status
if [ "$arch" != "$native" ]; then
	status=$state/status
	: >"$status"
fi
apt_private() {
	program=$1
	shift
	apt "$program" -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o Dir::State::status="$status" \
		-o Acquire::Languages=none -o APT::Architecture="$arch" -o APT::Architectures="$arch" "$@"
}

quietly apt_private apt-get update
rm -f "$state"/cache/archives/*.deb
cd "$state/cache/archives"
if [ $meta = yes ]; then
	depends=$(apt_private apt-cache depends --important "$@") || die "apt-cache does not know: $*"
	set -- $(echo "$depends" | sed -n 's/^ *|*Depends: \([^<>]*\)$/\1/p')
	[ $# -ge 1 ] || die "these metapackages depend on nothing"
fi
if [ "$arch" != "$native" ]; then
	quietly apt_private apt-get download "$@"
else
	quietly apt_private apt-get install --yes --download-only --reinstall --no-install-recommends \
		${suite:+-t "$suite"} "$@"
fi
for deb in *.deb; do
	[ -e "$deb" ] || die "apt-get fetched nothing for: $*"
	dpkg -x "$deb" "$dir"
done
cd "$dir"
rm -rf "$state"
