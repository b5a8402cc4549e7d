"""What is on the card, and what it is made with: data only. A change of packages builds the roots anew."""

from collections.abc import Mapping
from types import MappingProxyType

SUITE = "trixie"
ARCHITECTURE = "arm64"
COMPONENTS = "main,non-free-firmware"
"""The firmware of the Pi's GPU and of its Wi-Fi is not free."""
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

ROOT_EPOCH_S = 1_735_689_600
"""2025-01-01: the date of what is written while packages are set up. What is newer than the commit gets its date."""

SYSTEM = (
    "systemd",
    "systemd-sysv",
    "systemd-resolved",
    "systemd-timesyncd",
    "systemd-zram-generator",
    "udev",
    "dbus",
    "kmod",
    "procps",
    "mount",
    "login",
    "tzdata",
    "netbase",
    "ca-certificates",
)
CARD = ("e2fsprogs", "dosfstools", "fdisk")
NETWORK = ("iproute2", "iputils-ping", "iw", "wireless-regdb", "wpasupplicant", "openssh-server")
WIRELESS_FIRMWARE = ("firmware-brcm80211",)
SOUND = ("libasound2t64", "alsa-utils")
PYTHON = ("python3", "libgomp1", "libstdc++6")
UPDATES = ("rauc", "rauc-service", "libubootenv-tool")
DEVICE_PACKAGES = (*SYSTEM, *CARD, *NETWORK, *WIRELESS_FIRMWARE, *SOUND, *PYTHON, *UPDATES)

KERNELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "debian": ("linux-image-arm64",),
        "raspberrypi": ("linux-image-rpi-v8",),
    }
)

FIRMWARE_PACKAGES = ("raspi-firmware", "u-boot-rpi:arm64", "u-boot-qemu", "busybox-static:arm64", "e2fsck-static:arm64")
"""Taken apart into FIRMWARE of the tool root, never installed: what boots a slot, and the programs of its initramfs."""
FIRMWARE = "/usr/share/oyez-firmware"

TOOL_PACKAGES = (
    "apt-utils",
    "bmap-tools",
    "cpio",
    "device-tree-compiler",
    "dosfstools",
    "e2fsprogs",
    "faketime",
    "fdisk",
    "gcc-aarch64-linux-gnu",
    "genimage",
    "kmod",
    "libasound2-dev:arm64",
    "libpython3.13-dev:arm64",
    "libsystemd-dev:arm64",
    "minisign",
    "mtools",
    "openssl",
    "pkgconf",
    "python3",
    "python3-installer",
    "python3-pip",
    "python3-setuptools",
    "python3-venv",
    "rauc",
    "squashfs-tools",
    "systemd",
    "u-boot-tools",
    "xz-utils",
    "zstd",
)
"""The tools are the suite's own, on whatever machine the image is built: the same versions write the same bytes."""

NOT_UNPACKED = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/share/doc/*")
UNPACKED_ALL_THE_SAME = ("/usr/share/doc/*/copyright",)

HOST_PACKAGES = ("mmdebstrap", "qemu-user-static", "binfmt-support", "debian-archive-keyring")
"""All else that the build needs of the machine is in the tool root."""

PYTHON_VERSION = "313"
"""Of the suite."""
WHEEL_PLATFORMS = (
    "manylinux2014_aarch64",
    *(f"manylinux_2_{minor}_aarch64" for minor in (17, 24, 26, 27, 28, 31, 34, 35, 36, 38, 39, 41)),
)
"""The suite has glibc 2.41."""
CROSS_BUILT = ("pyalsaaudio", "systemd-python")
"""No wheels of them are to be had."""

DISK_SIGNATURE = 0x07E20A01
FAT_MIB, SLOT_MIB, DATA_MIB = 128, 768, 128
"""A slot's size is for ever: an update cannot change it. The data partition grows to the end of the card."""
COMPATIBLE = "oyez-arm64"
SLOTS_ENV_BYTES = 0x4000

ENABLED_UNITS = (
    "systemd-networkd.service",
    "systemd-resolved.service",
    "systemd-timesyncd.service",
    "oyez-grow-data.service",
    "oyez-host-keys.service",
    "oyez-local-names.service",
    "oyez.service",
    "oyez-first-boot.service",
    "oyez-first-words.service",
    "oyez-promote.service",
    "oyez-reset-at-start.service",
    "oyez-reset.path",
    "oyez-trial-guard.timer",
    "oyez-update.path",
    "oyez-update.timer",
)
SLEEPING_UNITS = ("ssh.service", "ssh.socket", "wpa_supplicant.service", "oyez-local.service", "oyez-backend.service")
"""There, and started by who asks for them."""
MASKED_UNITS = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "serial-getty@.service",
    "sshd-keygen.service",
    "sshd-unix-local.socket",
    "systemd-binfmt.service",
    "systemd-firstboot.service",
    "systemd-network-generator.service",
    "systemd-networkd-wait-online.service",
    "systemd-rfkill.service",
    "systemd-rfkill.socket",
    "systemd-sysext.socket",
    "proc-sys-fs-binfmt_misc.automount",
)
"""Nobody can log in at a console, so none asks; packages are not upgraded one by one; the rest has no work here.

Not systemd-logind: `poweroff` and `reboot` ask it first and complain where it is masked. It starts when it is asked and
not before (trim.txt)."""
SILENCED = (
    "etc/systemd/system-generators/systemd-ssh-generator",
    "etc/tmpfiles.d/credstore.conf",
)
"""What a link to /dev/null switches off: doors for SSH that nobody asked for, a folder that is a link here."""

DRIVERS = (
    "snd-usb-audio",
    "snd-bcm2835",  # the jack
    "vc4",  # HDMI
    "snd-soc-bcm2835-i2s",
    "snd-soc-simple-card",
    "snd-soc-wm8960",
    "snd-soc-pcm5102a",
    "snd-soc-max98357a",
    "snd-soc-dmic",
    "i2c-bcm2835",
    "spi-bcm2835",
    "snd-aloop",
    "brcmfmac",
    "dm-verity",
    "zram",
)
"""Modules that must be loadable on the device, with all that they stand on, whatever trim.txt takes away."""

DEVICE_ZONE = "device"
"""`timedatectl` believes no /etc/localtime that leads elsewhere than to a zone, and would tell the time in UTC."""
LINKS: Mapping[str, str] = MappingProxyType(
    {
        "etc/credstore": "/data/etc/credstore",
        "etc/hostname": "/data/etc/hostname",
        "etc/localtime": f"/usr/share/zoneinfo/{DEVICE_ZONE}",
        f"usr/share/zoneinfo/{DEVICE_ZONE}": "/data/etc/localtime",
        "etc/machine-id": "/data/etc/machine-id",
        "etc/oyez": "/data/etc/oyez",
        "etc/oyez-system": "/data/etc/oyez-system",
        "etc/wpa_supplicant": "/data/etc/wpa_supplicant",
        "etc/ssh/keys": "/data/etc/ssh",
        "etc/resolv.conf": "/run/systemd/resolve/stub-resolv.conf",
        "usr/bin/oyez": "/opt/oyez/bin/oyez",
        "usr/bin/oyez-hw": "/opt/oyez/bin/oyez-hw",
        "usr/bin/oyez-local": "/opt/oyez/bin/oyez-local",
        "usr/bin/oyez-system": "/opt/oyez/bin/oyez-system",
    }
)
"""In the slot -> where it really is."""

DATA_FOLDERS: Mapping[str, int] = MappingProxyType(
    {
        "etc": 0o755,
        "etc/credstore": 0o700,
        "etc/oyez": 0o755,
        "etc/oyez-system": 0o755,
        "etc/ssh": 0o755,
        "etc/wpa_supplicant": 0o700,
        "rauc": 0o700,
        "var": 0o755,
    }
)
"""Folders of a fresh data partition -> mode; `var` is what the packages put there."""
