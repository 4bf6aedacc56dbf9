#!/bin/sh
# Makes sure that the browser tests have a Chromium: what the machine has, else one is installed.
# Best is the headless shell: the whole browser takes twice the time for the same tests.
# Never skips: where none can be had it fails and says what to do.
# Usage: ensure_chromium.sh [PYTHON], the Python that has Playwright.
set -u
python=${1:-.venv/bin/python}

works() {
    "$1" --version >/dev/null 2>&1
}

on_the_machine() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        works "$name" && command -v "$name" && return
    done
    own=$("$python" -c 'import playwright.sync_api as api
with api.sync_playwright() as playwright:
    print(playwright.chromium.executable_path)' 2>/dev/null)
    [ -n "$own" ] && works "$own" && echo "$own"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" && echo "Browser for the tests: $CHROMIUM" && exit
    echo "CHROMIUM names '$CHROMIUM', which does not run. Correct it, or unset it to use another." >&2
    exit 1
fi

found=$(on_the_machine) && echo "Browser for the tests: $found" && exit

if command -v apt-get >/dev/null; then
    echo "No Chromium on this machine: installing one with apt-get for the browser tests."
    # Fonts are only recommended by the package, but a page without any font has no text to test.
    as_root apt-get update -qq
    for package in chromium-headless-shell chromium; do
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$package" fonts-liberation >/dev/null && break
    done
    found=$(on_the_machine) && echo "Browser for the tests: $found" && exit
fi

echo "No Chromium on this machine: Playwright installs its own for the browser tests."
"$python" -m playwright install chromium
found=$(on_the_machine) && echo "Browser for the tests: $found" && exit

echo "No Chromium could be installed. Install one, or name one: CHROMIUM=/path/to/chrome make test" >&2
exit 1
