"""The daemon under its own unit: ready, ended, crashed, hung in each of its organs. What ended it is told in its next
life."""

import pytest

from tests.system.appliance import Appliance
from tests.system.fault_table import FaultTable

WATCHDOG_S = 10.0


def test_it_is_ready_only_when_it_hears_and_proves_it(appliance: Appliance) -> None:
    appliance.start()
    assert (appliance.show("ActiveState"), appliance.show("StatusText")) == ("active", "idle")
    appliance.machine.until('grep -q \'"microphone":true,"scoring":true\' /run/oyez/proof.json')
    proof = appliance.proof()
    assert (proof["loudspeaker"], proof["conductor"], proof["broker"], proof["busy"]) == (True, True, False, "")


def test_a_stop_is_an_end_in_order_and_nothing_starts_it_again(appliance: Appliance) -> None:
    appliance.start()
    appliance.machine.run("systemctl stop oyez").check()
    assert (appliance.show("ActiveState"), appliance.show("Result")) == ("inactive", "success")
    appliance.broker()
    appliance.start()
    assert appliance.last_end() == "it was ended in order"


@pytest.mark.parametrize("signal", ["SEGV", "KILL"])
def test_a_crash_is_followed_by_another_life_that_names_it(
    appliance: Appliance, faults: FaultTable, signal: str
) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted() as took_s:
        appliance.machine.run(f"systemctl kill -s {signal} oyez").check()
    why = appliance.last_end()
    assert f"(SIG{signal})" in why
    faults.note(f"process: SIG{signal}", "container", took_s[0], why)


def test_where_a_crash_was_is_in_the_journal(appliance: Appliance) -> None:
    appliance.start()
    with appliance.restarted():
        appliance.machine.run("systemctl kill -s SEGV oyez").check()
    assert "Fatal Python error: Segmentation fault" in appliance.journal()


@pytest.mark.parametrize(
    ("organ", "named"),
    [
        ("scoring", "the watchdog ended it: scoring has been silent"),
        ("conductor", "the watchdog ended it: conductor has been silent"),
        ("loop", "the watchdog ended it: the loop has been silent"),
        ("interpreter", "the watchdog ended it: no part of it answered any more"),
    ],
)
def test_a_hang_starves_the_watchdog_and_is_named(
    appliance: Appliance, faults: FaultTable, organ: str, named: str
) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted() as took_s:
        appliance.strike(organ)
    why = appliance.last_end()
    assert why.startswith(named)
    assert named in appliance.journal(), "in the journal too"
    assert "Watchdog timeout" in appliance.journal()
    faults.note(f"hang: {organ}", "container", took_s[0], why)


@pytest.mark.parametrize(("organ", "card"), [("capture", "microphone"), ("playback", "loudspeaker")])
def test_a_card_that_hangs_climbs_its_ladder_and_ends_the_process_with_its_name(
    appliance: Appliance, faults: FaultTable, organ: str, card: str
) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted(180.0) as took_s:
        appliance.strike(organ)
        appliance.machine.until(f"grep -q 'troubles[^]]*{card}' /run/oyez/proof.json")
    why = appliance.last_end()
    assert card in why
    faults.note(f"hang: {organ}", "container", took_s[0], why)


def test_a_stopped_process_starves_the_watchdog_too(appliance: Appliance, faults: FaultTable) -> None:
    appliance.broker()
    appliance.start()
    with appliance.restarted() as took_s:
        appliance.machine.run("systemctl kill -s STOP oyez").check()
    why = appliance.last_end()
    assert why.startswith("the watchdog ended it")
    faults.note("process: SIGSTOP", "container", took_s[0], why)


def test_a_broker_that_comes_late_is_found(appliance: Appliance) -> None:
    appliance.start()
    assert appliance.proof()["broker"] is False
    appliance.broker()
    assert appliance.state(90.0)["state"] == "idle"


def test_without_any_secret_it_lives_and_says_what_it_misses(appliance: Appliance) -> None:
    appliance.broker()
    appliance.start()
    appliance.until_trouble('"backend_away"')
    assert appliance.show("NRestarts") == "0"


def test_a_secret_is_given_to_the_daemon_and_can_be_read_by_nobody_else(appliance: Appliance) -> None:
    appliance.machine.write("/etc/credstore/oyez.mqtt_password", "rabbit")
    appliance.machine.write("/etc/credstore/oyez.tool/coffee_authorization", "Bearer beans")
    appliance.machine.run("chmod 600 /etc/credstore/oyez.mqtt_password /etc/credstore/oyez.tool/*").check()
    appliance.start()
    given = appliance.machine.run(
        "nsenter -t $(systemctl show -P MainPID oyez) -m sh -c 'cd /run/credentials/oyez.service && grep -r . .'"
    )
    told = sorted(given.check().out.splitlines())
    assert told == ["./mqtt_password:rabbit", "./tool_coffee_authorization:Bearer beans"]
    for user in ("nobody", "oyez-local"):
        for place in ("/run/credentials/oyez.service/mqtt_password", "/etc/credstore/oyez.mqtt_password"):
            assert appliance.machine.run(f"setpriv --reuid {user} --clear-groups cat {place}").code != 0


def test_an_order_to_restart_is_an_end_in_order(appliance: Appliance, faults: FaultTable) -> None:
    appliance.broker()
    appliance.start()
    appliance.connected()
    with appliance.restarted() as took_s:
        appliance.machine.run("mosquitto_pub -t oyez/kitchen/do/restart -m PRESS").check()
    assert appliance.last_end() == "it was ended in order"
    faults.note("ordered: do/restart", "container", took_s[0], "it was ended in order")


def test_a_muted_microphone_proves_nothing_and_starves_nobody(appliance: Appliance) -> None:
    appliance.broker()
    appliance.start()
    appliance.connected()
    appliance.machine.run("mosquitto_pub -t oyez/kitchen/set/muted -m ON").check()
    appliance.machine.until("grep -q '\"microphone\":null' /run/oyez/proof.json")
    appliance.machine.run(f"sleep {WATCHDOG_S + 8}").check()
    assert appliance.show("NRestarts") == "0"
