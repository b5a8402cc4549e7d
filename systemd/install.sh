#!/bin/sh
# install.sh [ROOT]: lays units, users, folders and rules of a device that was set up by hand. Nothing is switched on but what
# the daemon itself calls; run it again after an update. With ROOT nothing of this machine is touched.
set -eu
cd "$(dirname "$0")"
root=${1:-}

lay() { install -D -m 644 "$1" "$root$2"; }

# The rest of the units belongs to a flashed device: two systems on a card, a boot partition (docs/device.md).
for unit in oyez.service oyez-mixer.service oyez-rescue.service oyez-local.service oyez-backend.service; do
    lay "$unit" "/etc/systemd/system/$unit"
done
lay oyez.sysusers /etc/sysusers.d/oyez.conf
lay oyez.tmpfiles /etc/tmpfiles.d/oyez.conf
lay 60-oyez.rules /etc/udev/rules.d/60-oyez.rules
[ -z "$root" ] || exit 0

systemd-sysusers oyez.conf
systemd-tmpfiles --create oyez.conf
udevadm control --reload && udevadm trigger --subsystem-match=sound --subsystem-match=usb --subsystem-match=gpio --subsystem-match=spidev
systemctl daemon-reload
echo "Units, users and rules are in place. Write /etc/oyez/oyez.toml, then: systemctl enable --now oyez"
