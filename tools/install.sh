#!/bin/sh
# Make the virtual environment if it is not there, and install one list of exact versions into it.
# Usage: install.sh VENV REQUIREMENTS        PYTHON names the interpreter.
set -eu
venv=$1
list=$2
python=${PYTHON:-python3.11}

say() { printf '%s\n' "$*" >&2; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    say "Kinhold needs Python 3.11, and there is no working $python here."
    say "  Debian 12, Ubuntu:  apt-get install python3.11 python3.11-venv"
    say "  anywhere:           uv python install 3.11, or https://www.python.org/downloads/"
    say "If it has another name or place: make PYTHON=/path/to/python3.11 ..."
    exit 1
fi

if ! mkdir -p "$venv" 2>/dev/null || ! [ -w "$venv" ]; then
    say "The folder $(pwd) cannot be written to. Copy the checkout to a folder of your own."
    exit 1
fi

if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    say "Making the virtual environment in $venv ..."
    if ! "$python" -m venv --clear "$venv"; then
        say "The virtual environment could not be made."
        say "On Debian and Ubuntu it needs: apt-get install python3.11-venv"
        exit 1
    fi
fi

say "Installing $list (the first time about 600 MB; later nothing) ..."
# uv is several times faster; pip is always there, and has the last word when uv cannot do it.
if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1 &&
    uv pip install --quiet --python "$venv/bin/python" -r "$list" 2>/dev/null; then
    :
elif ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$list"; then
    say "The packages of $list could not be installed; pip's words are above."
    say "It needs a way to a package index: check the network, or PIP_INDEX_URL."
    exit 1
fi
