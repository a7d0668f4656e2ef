#!/bin/sh
# Builds dist/teahouse-VERSION-ARCH.tar.gz: the stripped program with Swift linked in and the few shared libraries that it needs
# beside it. It runs on Debian 12 or newer (glibc 2.36) with the package tzdata.
set -eu

# shellcheck disable=SC2086 # the flags are meant to be split
# Old-style dtags hold for the libraries in lib/ that need one another too.
swift build -c release --product teahouse --static-swift-stdlib --scratch-path .build-dist ${SWIFTFLAGS:-} \
    -Xlinker -rpath -Xlinker '$ORIGIN/../lib' -Xlinker --disable-new-dtags
program=$(swift build -c release --static-swift-stdlib --scratch-path .build-dist --show-bin-path)/teahouse
name=teahouse-$("$program" --version)-$(uname -m)

rm -rf "dist/$name"
mkdir -p "dist/$name/bin" "dist/$name/lib"
strip -o "dist/$name/bin/teahouse" "$program"
ldd "$program" | awk '/=> \// {print $1, $3}' | while read -r library path; do
    case $library in
    libc.so* | libm.so* | ld-linux* | libpthread* | libdl* | librt* | libresolv* | libutil*) ;; # glibc: the system's own
    *) cp -L "$path" "dist/$name/lib/$library" ;;
    esac
done
cp LICENSE README.md THIRD_PARTY.md "dist/$name/"

# What is packed has to run from where it was unpacked, with its own libraries.
"dist/$name/bin/teahouse" --version >/dev/null
if missing=$(ldd "dist/$name/bin/teahouse" | grep "not found"); then
    echo "These libraries are missing in the package: $missing" >&2
    exit 1
fi
tar -C dist --owner=0 --group=0 --numeric-owner -czf "dist/$name.tar.gz" "$name"
echo "dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f1)): needs Debian 12 or newer and its package tzdata"
echo "use: tar xzf $name.tar.gz && $name/bin/teahouse demo"
