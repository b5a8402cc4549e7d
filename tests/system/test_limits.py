"""What only a kernel of its own can hold: memory, tasks, devices, real time, a sound card. In the guest."""

from collections.abc import Iterator

import pytest

from tests.system.aloop.device import CONFIG as ON_ALOOP
from tests.system.appliance import Appliance
from tests.system.fault_table import FaultTable
from tests.system.guest import Guest
from tests.system.test_sandbox import LIVES_ON, PROBE, REFUSALS, probed, told

PATIENT = "[Service]\nTimeoutStartSec=300\nWatchdogSec=120\n"
"""The unit's own times are a real board's; this processor is emulated, on a machine that others use."""
TROUBLED = "grep -q 'troubles[^]]*microphone' /run/oyez/proof.json"
ROOT_IN_THE_SANDBOX = "[Service]\nUser=root\nGroup=root\nPrivateUsers=no\nSupplementaryGroups=\n"


@pytest.fixture
def appliance(guest: Guest) -> Iterator[Appliance]:
    """Set up in the guest, with its sound card; and away again."""
    guest.run("modprobe snd-aloop; modprobe snd-dummy").check()
    made = Appliance(guest)
    made.set_up()
    guest.run("mkdir -p /home/somebody /var/lib/oyez /var/lib/oyez-system /run/oyez").check()
    made.drop_in("oyez.service", PATIENT)
    yield made
    made.set_up()


def test_too_much_memory_ends_the_process_and_not_the_board_and_is_named(
    appliance: Appliance, faults: FaultTable
) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted(240.0) as took_s:
        appliance.strike("memory")
    why = appliance.last_end()
    assert why == "it was ended for want of memory"
    faults.note("memory: more than MemoryMax", "guest", took_s[0], why)


def test_too_many_tasks_are_refused_and_the_next_life_works(appliance: Appliance, faults: FaultTable) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted(240.0) as took_s:
        appliance.strike("tasks")
    why = appliance.last_end()
    assert why == "a bug (RuntimeError)", appliance.journal()
    assert "can't start new thread" in appliance.journal()
    assert int(appliance.show("TasksCurrent")) < 64
    faults.note("tasks: more than TasksMax", "guest", took_s[0], why)


def test_the_two_sound_threads_go_first_and_no_other_may(appliance: Appliance) -> None:
    appliance.start()
    told = appliance.machine.run("chrt -a -p $(systemctl show -P MainPID oyez)").check().out
    policies = [line.split(": ")[-1] for line in told.splitlines() if "policy" in line]
    priorities = [line.split(": ")[-1] for line in told.splitlines() if "priority" in line]
    assert sorted(policy for policy in policies if policy != "SCHED_OTHER") == ["SCHED_RR|SCHED_RESET_ON_FORK"] * 2
    assert sorted(priorities)[-2:] == ["5", "5"]
    assert set(priorities[: len(priorities) - 2]) <= {"0", "5"}
    assert "usual priority" not in appliance.journal()


def test_it_opens_sound_and_no_other_device(appliance: Appliance) -> None:
    inside = probed(appliance, "devices")
    assert {name for name, outcome in inside.items() if outcome not in REFUSALS} == LIVES_ON | {
        "device: /dev/null",
        "device: sound card",
        "device: sound, playback",
        "device: sound, capture",
        "real time within its limit",
    }


def test_even_as_root_it_opens_no_other_device(appliance: Appliance) -> None:
    """It is the policy that refuses, and not only the rights of the files."""
    appliance.drop_in("oyez.service", ROOT_IN_THE_SANDBOX)
    inside = probed(appliance, "devices")
    opened = {name for name, outcome in inside.items() if name.startswith("device: ") and outcome not in REFUSALS}
    assert opened == {"device: /dev/null", "device: sound card", "device: sound, playback", "device: sound, capture"}


def test_what_the_sandbox_refuses_root_may_do_outside_it(appliance: Appliance) -> None:
    """Else the refusals would prove nothing."""
    outside = told(appliance.machine, f"{PROBE} devices")
    refused = {name for name, outcome in outside.items() if outcome in REFUSALS}
    assert refused <= {
        "device: fuse",
        "device: memory",
        "device: input",
        "load a module",
        "read the memory of the kernel",
        "socket: kernel's cipher",
        "write a control group",
    }


def test_a_card_whose_driver_comes_later_is_let_in(appliance: Appliance) -> None:
    """What a unit may open is settled when it starts: a card that is plugged in later must be part of it."""
    appliance.machine.run("systemctl stop modprobe@snd; modprobe -r snd-aloop snd-dummy; modprobe -r snd_pcm snd; true")
    appliance.configure(ON_ALOOP)
    appliance.start()
    appliance.machine.until(TROUBLED, 180.0)
    appliance.machine.run("modprobe snd-aloop").check()
    appliance.machine.until(f"! {TROUBLED}", 180.0)
    opened = appliance.machine.run("ls -l /proc/$(systemctl show -P MainPID oyez)/fd").check().out
    assert "/dev/snd/pcmC0D1c" in opened
