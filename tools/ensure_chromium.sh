#!/bin/sh
# The browser tests drive Debian's Chromium. See to it that there is one.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..." >&2
    if apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; then
        exit 0
    fi
    echo "apt-get could not install Chromium; its words are above." >&2
    exit 1
fi

cat >&2 <<'TEXT'
The browser tests need Chromium, and there is none on the PATH. Install it, then run again:
  Debian, Ubuntu:  sudo apt-get install chromium
  Fedora:          sudo dnf install chromium
  Arch:            sudo pacman -S chromium
Only the quick tests, without it:  .venv/bin/python -m pytest -n 2 -m "not stack"
TEXT
exit 1
