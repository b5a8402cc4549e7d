"""The two other services under their units, and the daemon that speaks with the voice of one of them."""

from tests.system.appliance import CONFIG, Appliance

GET = "/opt/oyez/bin/python -c 'import httpx; print(httpx.get(\"http://127.0.0.1:{port}/healthz\").json())'"
WITH_LOCAL = CONFIG + '[line]\nlocal_url = "ws://127.0.0.1:8765/v1/realtime"\n'


def test_the_local_server_answers_in_its_sandbox_and_the_daemon_speaks_with_its_voice(appliance: Appliance) -> None:
    appliance.broker()
    appliance.machine.run("systemctl start oyez-local", 90.0).check()
    appliance.machine.until(GET.format(port=8765), 90.0)
    appliance.configure(WITH_LOCAL)
    appliance.start()
    assert appliance.state()["state"] == "idle"
    listens = "mosquitto_sub -W 90 -C 1 -t oyez/kitchen/event/done"
    says = 'sleep 2; mosquitto_pub -t oyez/kitchen/do/say -m \'{"text": "The tea is ready.", "id": "tea"}\''
    done = appliance.machine.run(f"({says}) & {listens}", 120.0).check()
    assert '"id":"tea","ok":true' in done.out
    appliance.machine.run("systemctl stop oyez-local").check()


def test_the_local_server_reaches_nobody_outside(appliance: Appliance) -> None:
    shown = appliance.machine.run("systemctl show -P IPAddressDeny -P IPAddressAllow oyez-local").check().out
    assert "0.0.0.0/0" in shown
    assert "127.0.0.0/8" in shown


def test_the_backend_without_a_key_ends_with_78_and_is_not_started_again(appliance: Appliance) -> None:
    appliance.machine.write("/etc/oyez/backend.toml", "")
    appliance.machine.run("systemctl start oyez-backend")
    appliance.machine.until("systemctl is-failed -q oyez-backend")
    assert appliance.show("ExecMainStatus", "oyez-backend.service") == "78"
    assert appliance.show("NRestarts", "oyez-backend.service") == "0"


def test_the_backend_answers_in_its_sandbox_with_the_key_that_systemd_gave_it(appliance: Appliance) -> None:
    appliance.machine.write("/etc/oyez/backend.toml", "")
    appliance.machine.write("/etc/credstore/oyez-backend.upstream_key", "sk-of-a-test")
    appliance.machine.run("systemctl reset-failed oyez-backend; systemctl start oyez-backend").check()
    appliance.machine.until(GET.format(port=8700), 60.0)
    appliance.machine.run("systemctl stop oyez-backend").check()
