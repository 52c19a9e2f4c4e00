#!/bin/bash
# Compiles the shim between Darkroom.Imaging and LibRaw: build.sh [OUTDIR]   (default .setup/native)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../../.setup/native}
compiler=${CXX:-g++}
target=libdarkroom_raw.so

version=
for folder in /usr/include /usr/local/include; do
    if [ -e "$folder/libraw/libraw_version.h" ]; then version=$folder/libraw/libraw_version.h; break; fi
done
[ -n "$version" ] || { echo "LibRaw's headers are missing: no libraw/libraw.h (Debian: apt-get install libraw-dev)" >&2; exit 1; }

flags=(-O2 -std=c++17 -shared -fPIC -fvisibility=hidden -Wall -Wno-deprecated-declarations)
stamp=$( { cat "$here/raw.cpp" "$here/build.sh" "$version"; "$compiler" --version; } | sha256sum | cut -d' ' -f1)
mkdir -p "$out"
if [ -e "$out/$target" ] && [ "$(cat "$out/$target.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "compiling $target against LibRaw"
# The reentrant library: pictures are decoded on several threads.
"$compiler" "${flags[@]}" "$here/raw.cpp" -o "$out/$target.tmp.$$" -lraw_r -Wl,--no-undefined
mv "$out/$target.tmp.$$" "$out/$target"
echo "$stamp" > "$out/$target.stamp"
