# Which slot boots: U-Boot's script, the same on the Pi and in QEMU. RAUC's convention (its bootloader `uboot`):
# BOOT_ORDER, and BOOT_A_LEFT and BOOT_B_LEFT, the tries that are left. RAUC gives a slot whose start is marked good its
# tries back, and one freshly written just one (system.conf).
#
# They live in a file of their own with a checksum on the FAT: an uboot.env would replace all that U-Boot knows by itself.
# A file that is damaged counts as none: both slots are tried, A first.

setexpr slots_addr ${scriptaddr} + 0x20000
setenv BOOT_ORDER
setenv BOOT_A_LEFT
setenv BOOT_B_LEFT
if load ${devtype} ${devnum}:${distro_bootpart} ${slots_addr} slots.env; then
  env import -c ${slots_addr} ${filesize} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
fi
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3

setenv save_slots 'env export -c -s 0x4000 ${slots_addr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT; fatwrite ${devtype} ${devnum}:${distro_bootpart} ${slots_addr} slots.env 0x4000'

setenv slot
for name in ${BOOT_ORDER}; do
  if test -z "${slot}"; then
    if test "${name}" = "A" -a ${BOOT_A_LEFT} -gt 0; then
      setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
      setenv slot A
      setenv slot_partition 2
    elif test "${name}" = "B" -a ${BOOT_B_LEFT} -gt 0; then
      setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
      setenv slot B
      setenv slot_partition 3
    fi
  fi
done

# Nothing is left to try: better to begin anew than to stay dark. RAUC's order stays; a slot that it took out, because what
# is in it failed, comes last, with one try: where the other one cannot be read any more, it can at least say so.
if test -z "${slot}"; then
  echo "oyez: no tries left in ${BOOT_ORDER}, beginning anew"
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
  if test "${BOOT_ORDER}" = "A"; then
    setenv BOOT_ORDER "A B"
    setenv BOOT_B_LEFT 1
  elif test "${BOOT_ORDER}" = "B"; then
    setenv BOOT_ORDER "B A"
    setenv BOOT_A_LEFT 1
  fi
  run save_slots
  reset
fi
run save_slots
echo "oyez: slot ${slot}, partition ${slot_partition}, order ${BOOT_ORDER}, left A ${BOOT_A_LEFT} B ${BOOT_B_LEFT}"

# The unpacked kernel ends just below where U-Boot would put the initramfs, so both get room.
if test "${board}" = "rpi"; then
  setenv consoles "console=tty0 console=ttyS1,115200"
  setenv kernel_comp_addr_r 0x10000000
  setenv ramdisk_addr_r 0x18000000
else
  setenv consoles "console=ttyAMA0"
  setenv kernel_comp_addr_r 0x50000000
fi
setenv kernel_comp_size 0x4000000

# For who looks for a fault: a text file on the FAT with the line kernel_arguments=...
setenv kernel_arguments
if test -e ${devtype} ${devnum}:${distro_bootpart} debug.env; then
  load ${devtype} ${devnum}:${distro_bootpart} ${slots_addr} debug.env
  env import -t ${slots_addr} ${filesize} kernel_arguments
fi

# The last try of a slot: what runs then was not marked good since it was written, and is watched (oyez-trial-guard.timer).
setenv trial
if test "${slot}" = "A" -a ${BOOT_A_LEFT} -eq 0; then
  setenv trial oyez.trial
elif test "${slot}" = "B" -a ${BOOT_B_LEFT} -eq 0; then
  setenv trial oyez.trial
fi
setenv bootargs "${consoles} ro quiet panic=5 oops=panic net.ifnames=0 systemd.show_status=1 oyez.slot=${slot} rauc.slot=${slot} ${trial} ${kernel_arguments}"

if load ${devtype} ${devnum}:${slot_partition} ${kernel_addr_r} /boot/vmlinuz; then
  if load ${devtype} ${devnum}:${slot_partition} ${ramdisk_addr_r} /boot/initrd.img; then
    booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
  fi
fi
echo "oyez: slot ${slot} does not start"
reset
