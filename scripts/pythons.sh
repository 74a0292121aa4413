#!/bin/sh
# Runs the suite on the lowest and the highest Python that this machine has and Gongkai supports.
# Further arguments go to pytest: scripts/pythons.sh tests/index/query -q
set -eu
cd "$(dirname "$0")/.."

lowest= highest=
for minor in 11 12 13 14; do
  found=$(command -v "python3.$minor" || true)
  # a version manager may leave a command that only says that it is not installed
  if [ -n "$found" ] && "$found" -c 'import venv, ssl' 2>/dev/null; then
    [ -n "$lowest" ] || lowest=$found
    highest=$found
  fi
done
if [ -z "$lowest" ]; then
  echo "no Python 3.11 to 3.14 was found; install one" >&2
  exit 1
fi

status=0
for python in "$lowest" "$highest"; do
  name=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "--- Python $name"
  sh scripts/setup.sh "$python" ".venv-$name"
  ".venv-$name/bin/python" -m pytest -n auto -q "$@" || status=1
  [ "$lowest" != "$highest" ] || break
done
exit $status
