#!/bin/bash
# Compiles the bridge between compat/TorchSharp and libtorch: build.sh [OUTDIR]   (default .setup/native)
# TORCH_DIR=/path/to/libtorch (a folder with include/ and lib/) takes another libtorch than the system's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../../.setup/native}
compiler=${CXX:-g++}
target=libdarkroom_torch.so

if [ -n "${TORCH_DIR:-}" ]; then
    include=$TORCH_DIR/include
    lib=$TORCH_DIR/lib
else
    include=/usr/include
    lib=/usr/lib/$("$compiler" -dumpmachine)
fi
version=$include/torch/csrc/api/include/torch/version.h
[ -e "$version" ] || { echo "libtorch's headers are missing: no $version (Debian: apt-get install libtorch-dev)" >&2; exit 1; }
[ -e "$lib/libtorch_cpu.so" ] || { echo "libtorch is missing: no libtorch_cpu.so in $lib (Debian: apt-get install libtorch-dev)" >&2; exit 1; }

flags=(-O2 -std=c++17 -shared -fPIC -fvisibility=hidden -w)
for name in torch torch_cpu c10 torch_cuda c10_cuda; do
    [ -e "$lib/lib$name.so" ] && libraries+=("-l$name")
done
# PyTorch's wheels before 2.6 use the old ABI of std::string: c10::Error's constructor tells.
abi=1
grep -q '_ZN3c105ErrorC[12]ENS_14SourceLocationENSt7__cxx11' "$lib/libc10.so" || abi=0
flags+=("-D_GLIBCXX_USE_CXX11_ABI=$abi")

stamp=$( { cat "$here/bridge.cpp" "$here/build.sh"; "$compiler" --version; cat "$version"; echo "$lib ${flags[*]}"; } | sha256sum | cut -d' ' -f1)
mkdir -p "$out"
if [ -e "$out/$target" ] && [ "$(cat "$out/$target.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "compiling $target against libtorch in $lib"
# no-as-needed: the kernels register themselves at load, nothing refers to them by name.
"$compiler" "${flags[@]}" -I"$include" -I"$include/torch/csrc/api/include" "$here/bridge.cpp" -o "$out/$target.tmp.$$" \
    -L"$lib" -Wl,--no-as-needed "${libraries[@]}" -Wl,-rpath,"$lib"
mv "$out/$target.tmp.$$" "$out/$target"
echo "$stamp" > "$out/$target.stamp"
