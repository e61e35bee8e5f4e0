#!/bin/sh
# SPDX-License-Identifier: MIT
# From a git checkout to ./configure.
cd "$(dirname "$0")" && mkdir -p m4 build-aux && exec autoreconf --install --force
