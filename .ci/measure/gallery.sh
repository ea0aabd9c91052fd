#!/usr/bin/env bash
# Makes the pictures of docs/gallery.md by the commands that stand there.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
export PATH=$root/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$root/examples" "$work/examples"
cd "$work"
awk '/^```/ { inside = !inside && $0 == "```sh"; next } inside' "$root/docs/gallery.md" >commands
bash -euo pipefail commands
mkdir -p "$root/docs/gallery"
cp ./*.svg "$root/docs/gallery/"
