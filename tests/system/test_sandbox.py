"""What the daemon may not read, write, open and call, tried by a process that stands in its place in its own unit."""

import json

import pytest

from tests.system.appliance import Appliance, Machine

LIVES_ON = {
    "write /var/lib/oyez",
    "write /run/oyez",
    "write /tmp",
    "read /etc/oyez/oyez.toml",
    "read /proc/sys/kernel/random/boot_id",
    "socket: TCP",
    "socket: Unix",
}
REFUSALS = {"EPERM", "EACCES", "EROFS", "ENOENT", "EAFNOSUPPORT"}
PROBE = "/opt/oyez/bin/python /srv/oyez/tests/system/probe.py"


def probed(appliance: Appliance, *words: str) -> dict[str, str]:
    """Inside the sandbox of oyez.service."""
    appliance.drop_in(
        "oyez.service",
        f"[Service]\nType=oneshot\nRestart=no\nWatchdogSec=0\nExecStart=\nExecStart={PROBE} {' '.join(words)}\n"
        "ExecStopPost=\n"
        "StandardOutput=truncate:/run/probe.json\n",
    )
    appliance.start()
    return told(appliance.machine, "cat /run/probe.json")


def told(machine: Machine, command: str) -> dict[str, str]:
    outcomes: dict[str, str] = json.loads(machine.run(command).check().out)
    return outcomes


@pytest.fixture
def furnished(appliance: Appliance) -> Appliance:
    """With everything there that the probe looks for."""
    appliance.machine.run("mkdir -p /home/somebody /var/lib/oyez /var/lib/oyez-system /run/oyez").check()
    return appliance


def test_it_does_what_it_lives_on_and_nothing_else(furnished: Appliance) -> None:
    inside = probed(furnished)
    assert {name for name, outcome in inside.items() if outcome not in REFUSALS} == LIVES_ON


def test_what_the_sandbox_refuses_root_may_do_outside_it(furnished: Appliance) -> None:
    """Else the refusals above would prove nothing. What even root may not here: the container's own limits."""
    outside = told(furnished.machine, PROBE)
    refused = {name for name, outcome in outside.items() if outcome in REFUSALS}
    assert refused <= {
        "read the kernel's log",
        "read the memory of the kernel",
        "write a kernel setting",
        "write /sys",
        "write a control group",
        "load a module",
        "ptrace another process",
        "set the clock",
        "real time beyond its limit",
        "socket: kernel's cipher",
        "make a device",
    }


def test_it_runs_without_a_shell_of_its_own_a_home_or_rights(furnished: Appliance) -> None:
    furnished.start()
    assert furnished.machine.run("getent passwd oyez").check().out.strip().endswith(":/usr/sbin/nologin")
    status = furnished.machine.run("cat /proc/$(systemctl show -P MainPID oyez)/status").check().out
    for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
        assert line in status


@pytest.mark.parametrize("unit", ["oyez-update", "oyez-update-install"])
def test_what_an_update_tells_of_itself_gets_out_of_its_sandbox(appliance: Appliance, unit: str) -> None:
    """Each folder of a unit may be a mount of its own, so that nothing can be moved from one into the other."""
    said = "from oyez.update_file import Told; from oyez_system.updates.places import Places; Places().tell"
    line = f"/opt/oyez/bin/python -c '{said}(Told(\"9.9.9\"))'"
    appliance.machine.run("mkdir -p /run/oyez; chown oyez:oyez /run/oyez").check()
    appliance.drop_in(
        f"{unit}.service", f"[Unit]\nConditionPathExists=\n[Service]\nExecStart=\nExecStart={line}\nExecStopPost=\n"
    )
    appliance.machine.run(f"systemctl start {unit}.service").check()
    told: dict[str, str] = json.loads(appliance.machine.run("cat /run/oyez/update.json").check().out)
    assert told["latest"] == "9.9.9"
    appliance.machine.run("rm /run/oyez/update.json").check()


@pytest.mark.parametrize(("unit", "most"), [("oyez", 1.5), ("oyez-local", 1.0), ("oyez-backend", 1.2)])
def test_the_exposure_as_systemd_reckons_it_does_not_grow(container: Machine, unit: str, most: float) -> None:
    """Of 10. docs/systemd.md names each exception and its reason."""
    said = container.run(f"systemd-analyze security --no-pager {unit}.service").check().out
    assert float(said.split("Overall exposure level for")[1].split(":")[1].split()[0]) <= most
