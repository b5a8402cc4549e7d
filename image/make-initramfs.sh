#!/bin/sh
# The initramfs of a slot, made in the tool root: busybox, e2fsck, a few modules, and initramfs/init. Nothing of the
# device is run. TREE: with usr/lib/modules. OUT: the file to write.
set -eu
TREE=$1
OUT=$2
FIRMWARE=/usr/share/oyez-firmware
INIT=/repository/image/initramfs/init
MODULES="ext4 crc32c_generic libcrc32c virtio_blk virtio_mmio virtio_pci bcm2835 sdhci_iproc sdhci_brcmstb bcm2835_wdt
    reset_raspberrypi"

version=$(ls "$TREE/usr/lib/modules")
folder=$(mktemp -d)
mkdir -p "$folder/bin" "$folder/sbin" "$folder/dev" "$folder/proc" "$folder/sys" "$folder/run" "$folder/sysroot" \
    "$folder/lib/modules/$version"
install -m 755 "$FIRMWARE/usr/bin/busybox" "$folder/bin/busybox"
install -m 755 "$FIRMWARE/usr/sbin/e2fsck.static" "$folder/sbin/e2fsck"
install -m 755 "$INIT" "$folder/init"

: >"$folder/modules.load"
for module in $MODULES; do
    # Some are not in every kernel, some are part of it: then there is no file.
    files=$(modprobe --dirname "$TREE/usr" --set-version "$version" --show-depends "$module" 2>/dev/null |
        sed -n 's/^insmod \([^ ]*\).*/\1/p')
    [ -z "$files" ] || echo "$module" >>"$folder/modules.load"
    for file in $files; do
        place=$folder/lib/modules/$version/${file#*/modules/"$version"/}
        mkdir -p "$(dirname "$place")"
        case $file in
        *.xz) xz --decompress --stdout "$file" >"${place%.xz}" ;;
        *.zst) zstd --quiet --decompress --stdout "$file" >"${place%.zst}" ;;
        *) cp "$file" "$place" ;;
        esac
    done
done
for list in modules.builtin modules.builtin.modinfo modules.order; do
    cp "$TREE/usr/lib/modules/$version/$list" "$folder/lib/modules/$version/" || true
done
depmod --basedir "$folder" "$version"

find "$folder" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
(cd "$folder" && find . -print0 | LC_ALL=C sort --zero-terminated |
    cpio --null --create --format newc --reproducible --owner 0:0 --quiet) | zstd --quiet -19 --threads 1 >"$OUT"
rm -rf "$folder"
