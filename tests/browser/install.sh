#!/bin/sh
# Installs what the browser tests need, as far as this machine lets it, and says what is missing. $1 is the Python to install into.
set -u
here=$(dirname "$0")
"$1" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.lock" || {
  echo "playwright can't be installed from $here/requirements.lock" >&2
  exit 1
}
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing chromium …"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium fonts-dejavu-core; } >/dev/null
  fi
  command -v chromium >/dev/null || {
    echo "chromium is missing: install it (Debian's package is chromium), or say where one is with CHROMIUM=FILE" >&2
    exit 1
  }
fi
if [ ! -f "$here/node_modules/axe-core/axe.min.js" ]; then
  { command -v npm >/dev/null && npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --silent; } ||
    echo "axe-core is missing, so what it checks is left out: it takes npm" >&2
fi
