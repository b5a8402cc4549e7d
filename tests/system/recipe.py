"""What is in the root that the system tests boot: data only. A change here builds the root anew."""

SUITE = "trixie"
ARCHITECTURE = "amd64"

SYSTEM = ("systemd", "systemd-sysv", "udev", "dbus", "kmod", "procps", "iproute2", "passwd", "login")
SOUND = ("alsa-utils", "alsa-ucm-conf", "libasound2-plugins")
COMPANIONS = ("mosquitto", "mosquitto-clients", "espeak-ng", "openssh-server", "ca-certificates")
# The two dependencies without wheels are compiled in the root, and the tests compile the virtual card there.
COMPILER = ("gcc", "libc6-dev", "pkg-config", "libasound2-dev", "libsystemd-dev", "python3-dev")
PYTHON = ("python3", "python3-venv")
KERNEL = ("linux-image-amd64", "initramfs-tools", "zstd")
PACKAGES = (*SYSTEM, *SOUND, *COMPANIONS, *COMPILER, *PYTHON, *KERNEL)

SLEEPING_UNITS = ("mosquitto.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer")
"""Installed by their packages, and not started at boot: a test starts what it needs."""
MASKED_UNITS = (
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "systemd-networkd-wait-online.service",
    "systemd-firstboot.service",
)
WOKEN_UNITS = ("ssh.service", "systemd-networkd.service")

NOT_UNPACKED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")

LAID_IN = {
    "etc/hostname": "oyez-test\n",
    "etc/hosts": "127.0.0.1 localhost\n127.0.1.1 oyez-test\n::1 localhost\n",
    "etc/fstab": "",
    "etc/machine-id": "",  # each boot of a container or guest gets its own
    "etc/systemd/network/10-wired.network": (
        "[Match]\nType=ether\nKind=!*\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n"
    ),
    # Small and quickly unpacked: an emulated processor takes seconds for what a real one does at once.
    "etc/initramfs-tools/conf.d/guest": "MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=3\n",
    "etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
    "etc/modprobe.d/oyez-test.conf": (
        "options snd-aloop index=0 id=Loopback pcm_substreams=4\noptions snd-dummy index=1 id=Dummy\n"
    ),
    "etc/ssh/sshd_config.d/oyez-test.conf": "PermitRootLogin prohibit-password\nUseDNS no\nUsePAM no\n",
    "etc/systemd/journald.conf.d/oyez-test.conf": "[Journal]\nStorage=persistent\nRateLimitBurst=0\n",
}

NOT_NEEDED = frozenset(
    {
        "atheris",
        "contourpy",
        "fonttools",
        "grimp",
        "import-linter",
        "jiter",
        "kiwisolver",
        "matplotlib",
        "mypy",
        "openai",
        "pillow",
        "ruff",
    }
)
"""Pinned for other targets and large; nothing of the daemon, the backend, the local server or pytest imports them."""

UNIT_FOLDERS = {
    ".service": "usr/lib/systemd/system",
    ".timer": "usr/lib/systemd/system",
    ".path": "usr/lib/systemd/system",
    ".socket": "usr/lib/systemd/system",
    ".target": "usr/lib/systemd/system",
    ".sysusers": "usr/lib/sysusers.d",
    ".tmpfiles": "usr/lib/tmpfiles.d",
    ".rules": "usr/lib/udev/rules.d",
}
"""Where a file of systemd/ goes, by its ending; `oyez.sysusers` becomes sysusers.d/oyez.conf."""
