"""A daemon that systemd gave up: the rest of the ladder, a real reboot included."""

import json

from tests.system.appliance import CONFIG, Appliance
from tests.system.container import Container
from tests.system.fault_table import FaultTable

BROKEN = "[Service]\nType=exec\nExecStart=\nExecStart=/bin/false\nRestartSec=100ms\nRestartMaxDelaySec=200ms\n"


def rescued(appliance: Appliance) -> dict[str, object]:
    kept: dict[str, object] = json.loads(appliance.machine.run("cat /var/lib/oyez-system/rescue.json").check().out)
    return kept


def until_step(appliance: Appliance, step: str) -> None:
    appliance.machine.until(f'grep -q \'"step":"{step}"\' /var/lib/oyez-system/rescue.json', 90.0)


def test_a_wrong_configuration_is_told_and_not_tried_again(appliance: Appliance, faults: FaultTable) -> None:
    appliance.broker()
    appliance.configure(CONFIG + "[board_that_is_none]\nname = 3\n")
    assert appliance.machine.run("systemctl start oyez").code != 0
    until_step(appliance, "mistake")
    told = appliance.until_trouble("check-config")
    assert (appliance.show("NRestarts"), appliance.show("ExecMainStatus")) == ("0", "78")
    appliance.machine.until("[ $(systemctl show -P SubState oyez-rescue) = dead ]")
    assert appliance.show("Result", "oyez-rescue.service") == "success"
    assert (appliance.show("ActiveState"), appliance.show("NRestarts")) == ("failed", "0")
    faults.note("wrong configuration (exit 78)", "container", None, told)


def test_a_mended_configuration_takes_the_news_back(appliance: Appliance) -> None:
    appliance.broker()
    appliance.configure(CONFIG + "[board_that_is_none]\nname = 3\n")
    appliance.machine.run("systemctl start oyez")
    until_step(appliance, "mistake")
    appliance.until_trouble("check-config")
    appliance.configure(CONFIG)
    appliance.start()
    ends = appliance.state(30.0, state="idle")
    assert (ends["trouble"] or {}).get("kind") != "needs_help"


def test_the_start_limit_leads_up_the_ladder_with_one_real_reboot_and_ends_with_a_call_for_help(
    appliance: Appliance, container: Container, faults: FaultTable
) -> None:
    """The broken daemon is broken for good: the drop-in lies where it outlives the reboot."""
    container.run("systemctl enable oyez mosquitto").check()
    appliance.broker()
    container.run("rm -rf /run/systemd/system/oyez.service.d").check()
    container.write("/etc/systemd/system/oyez.service.d/broken.conf", BROKEN)
    container.run("systemctl daemon-reload; systemctl start --no-block oyez").check()
    until_step(appliance, "dependencies")
    appliance.until_trouble("What it stands on is started anew")
    container.comes_back()
    until_step(appliance, "help")
    told = appliance.until_trouble("needs help")
    kept = rescued(appliance)
    assert (kept["reboots"], kept["called"]) == (1, True)
    assert appliance.show("SubState", "oyez-rescue.service") == "start", "it waits, and will try again"
    faults.note("does not start, whatever is done", "container", None, told)
    container.run(
        "rm -r /etc/systemd/system/oyez.service.d; systemctl daemon-reload; systemctl reset-failed oyez"
    ).check()
    appliance.start()
    assert "the board was started anew" not in appliance.last_end(), "no life had ended by the reboot"
    container.run("systemctl disable oyez mosquitto").check()


def test_a_missing_folder_of_secrets_is_named_and_the_ladder_begins(appliance: Appliance, faults: FaultTable) -> None:
    appliance.broker()
    appliance.drop_in("oyez.service", "[Service]\nRestartSec=100ms\nRestartMaxDelaySec=200ms\n")
    appliance.machine.run("rm -rf /etc/credstore/oyez.tool; systemctl start --no-block oyez").check()
    until_step(appliance, "dependencies")
    appliance.machine.run("systemd-tmpfiles --create 2>/dev/null; true")  # before it is started again
    assert "exit code 243" in str(rescued(appliance)["why"])
    appliance.machine.until("systemctl is-active -q oyez", 60.0)
    faults.note("folder of secrets is missing", "container", None, str(rescued(appliance)["why"]))


def test_a_life_that_the_reboot_ended_tells_so_in_the_next(appliance: Appliance, container: Container) -> None:
    """The reboot is the rescue's: only the daemon's own file has to be there from before."""
    container.run("systemctl enable oyez mosquitto").check()
    appliance.broker()
    container.run("rm -rf /run/systemd/system/oyez.service.d").check()
    appliance.start()
    boot_id = container.run("cat /proc/sys/kernel/random/boot_id").out.strip()
    container.write(
        "/var/lib/oyez-system/rescue.json",
        json.dumps({"boot_id": boot_id, "uptime_s": 1e9, "step": "dependencies", "climbed": 1}),
    )
    container.run("systemctl kill -s KILL oyez").check()
    container.write("/run/systemd/system/oyez.service.d/broken.conf", BROKEN)
    container.run("systemctl daemon-reload").check()
    container.comes_back()
    container.until("systemctl is-active -q oyez", 60.0)
    assert "the board was started anew to mend it, because" in appliance.last_end()
    container.run("systemctl disable oyez mosquitto").check()


def test_orders_to_restart_too_often_for_systemd_end_with_a_daemon_that_runs(appliance: Appliance) -> None:
    appliance.drop_in("oyez.service", "[Service]\nRestartSec=100ms\nRestartMaxDelaySec=200ms\n")
    appliance.start()
    for _ in range(5):
        before = appliance.show("NRestarts")
        appliance.machine.run("kill -TERM $(systemctl show -P MainPID oyez)").check()
        appliance.machine.until(
            f"[ $(systemctl show -P NRestarts oyez) != {before} ] || systemctl is-failed -q oyez", 30.0
        )
        appliance.machine.until("systemctl is-active -q oyez || systemctl is-failed -q oyez", 30.0)
    until_step(appliance, "again")
    appliance.machine.until("systemctl is-active -q oyez", 60.0)
