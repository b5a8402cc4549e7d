#!/bin/sh
# The card of snd-aloop, in the guest: `plug.sh out` takes it away under whoever has it open, as a pulled USB cable does;
# `plug.sh in` brings it back. The kernel finishes the first, and begins the second, only when everybody has closed the card:
# it is told in the background, so that whoever waits for this script waits 30 s at most.
set -eu
driver=/sys/bus/platform/drivers/snd_aloop

tell() {
    echo snd_aloop.0 | tee "$driver/$1" >/dev/null 2>&1 &
}

until_card() {
    for _ in $(seq 300); do
        test "$@" /proc/asound/Loopback && return 0
        sleep 0.1
    done
    echo "the card of snd-aloop is as it was after 30 s" >&2
    return 1
}

case $1 in
out)
    tell unbind
    until_card ! -e
    ;;
in)
    modprobe snd-aloop
    [ -e $driver/snd_aloop.0 ] || tell bind
    until_card -e
    ;;
esac
