#!/bin/sh
# Papers are drawn with Pango, a library of the system. See to it that there is one for the tests.
# Usage: ensure_pango.sh PYTHON
set -eu
python=$1

if "$python" -c 'import weasyprint' >/dev/null 2>&1; then
    exit 0
fi

packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Pango for the tests of printed papers ..." >&2
    # shellcheck disable=SC2086  # several packages
    if apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; then
        exit 0
    fi
    echo "apt-get could not install Pango; its words are above." >&2
    exit 1
fi

cat >&2 <<TEXT
The tests of printed papers need Pango, and there is none. Install it, then run again:
  Debian, Ubuntu:  sudo apt-get install $packages
  Fedora:          sudo dnf install pango dejavu-sans-fonts
  Arch:            sudo pacman -S pango ttf-dejavu
  macOS:           brew install pango
TEXT
exit 1
