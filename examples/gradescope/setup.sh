#!/usr/bin/env bash
# Gradescope runs this once, when the autograder's image is built.
set -euo pipefail
apt-get update && apt-get install -y python3 python3-venv
python3 -m venv "${AUTOGRADER:-/autograder}/source/venv"
"${AUTOGRADER:-/autograder}/source/venv/bin/pip" install "${CONVCALC:-convcalc}"
