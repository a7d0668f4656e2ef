#!/bin/sh
# Makes the virtual environment .venv that the tests' Python clients run in, when its requirements have changed.
set -eu

requirements=Tests/Clients/requirements.txt
stamp=.venv/requirements.installed
if [ -f "$stamp" ] && cmp -s "$requirements" "$stamp"; then
    exit 0
fi
echo "Installing the tests' Python clients into .venv"
python3 -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
