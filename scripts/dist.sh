#!/bin/sh
# Builds dist/teahouse-VERSION-ARCH.tar.gz: the stripped program with Swift linked in and the few shared libraries that it needs
# beside it. It runs on Debian 12 or newer (glibc 2.36) with the package tzdata.
set -eu

version=$(git describe --tags --always 2>/dev/null || echo unreleased)
architecture=$(uname -m)
name=teahouse-$version-$architecture

swift build -c release --product teahouse --static-swift-stdlib --scratch-path .build-dist \
    -Xlinker -rpath -Xlinker '$ORIGIN/../lib'
rm -rf "dist/$name"
mkdir -p "dist/$name/bin" "dist/$name/lib"
cp .build-dist/release/teahouse "dist/$name/bin/"
strip "dist/$name/bin/teahouse"
ldd "dist/$name/bin/teahouse" | awk '/=> \// {print $1, $3}' | while read -r library path; do
    case $library in
    libc.so* | libm.so* | ld-linux* | libpthread* | libdl* | librt* | libresolv*) ;; # glibc: the system's own
    *) cp -L "$path" "dist/$name/lib/$library" ;;
    esac
done
cp LICENSE README.md THIRD_PARTY.md "dist/$name/"
tar -C dist -czf "dist/$name.tar.gz" "$name"
echo "dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f1)): needs Debian 12 or newer and its package tzdata"
echo "use: tar xzf $name.tar.gz && $name/bin/teahouse demo"
