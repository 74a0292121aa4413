#!/bin/sh
# Makes the environment of a checkout: setup.sh PYTHON VENV. Needs Python 3.11 or newer with venv, and a package index.
set -eu
python=$1
venv=$2
"$python" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Gongkai needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ...")'
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2
  exit 1
}
quiet="--quiet --disable-pip-version-check"
if [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install $quiet uv 2>/dev/null; then
  VIRTUAL_ENV="$PWD/$venv" "$venv/bin/uv" sync --quiet --active --frozen --inexact --all-groups --no-group bench --all-extras
else
  "$venv/bin/python" -m pip install $quiet --upgrade pip
  "$venv/bin/python" -m pip install $quiet --group dev --editable '.[cluster]'
fi
