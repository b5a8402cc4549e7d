"""One MQTT connection, from CONNECT to its end, on the asyncio loop. A new one is made for each attempt.

paho-mqtt is driven by its external loop: the asyncio loop watches the socket and calls loop_read, loop_write and
loop_misc. So all of paho's callbacks run on the loop's thread, there is no select() with its limit of 1024 files, and
nothing has to be handed from thread to thread. Only the connect (name, TCP, TLS: all of it blocking) runs in a worker.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from oyez.config import Home
from oyez.home import away, tls
from oyez.home.packets import Incoming as Incoming, incoming, of_publish, properties
from oyez.home.topics import Message
from oyez.secret import Secret

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
HOUSEKEEPING_S = 5.0
"""Between two looks at the keepalive: a sixth of it."""
OPEN_TIMEOUT_S = 8.0
CLOSE_TIMEOUT_S = 0.5
WAITING_MESSAGES = 64
"""Received and not yet taken; past it a message is dropped and counted."""
LARGEST_PACKET_BYTES = 64 * 1024
"""A larger one the broker (if it speaks MQTT 5) does not send."""


class Connection:
    """Call everything on the loop's thread. `receive` raises BrokerAway once the connection has ended."""

    def __init__(
        self,
        home: Home,
        password: Secret | None,
        client_id: str,
        *,
        v5: bool = True,
        session_s: int = 0,
        will: Message | None = None,
        complain: Callable[[str], None] = log.warning,
    ) -> None:
        """session_s: how long the broker keeps orders for us while we are away (MQTT 5 only).
        complain: is told what the broker forbids while the connection stands."""
        self._home = home
        self.v5 = v5
        self._session_s = session_s
        self._complain = complain
        self._where = f"{home.host}:{home.port}"
        self._client = self._make_client(client_id, password, will)
        self._received: asyncio.Queue[Incoming | None] = asyncio.Queue()
        self._accepted: asyncio.Future[None] | None = None
        self._end: away.BrokerAway | None = None
        self._housekeeping: asyncio.TimerHandle | None = None
        self._deeds: dict[int, str] = {}
        self._confirmations: dict[int, asyncio.Future[None]] = {}
        self.dropped = 0
        """Received messages for which there was no room."""

    def _make_client(self, client_id: str, password: Secret | None, will: Message | None) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if self.v5 else True,
            protocol=MQTTv5 if self.v5 else MQTTv311,
            reconnect_on_failure=False,
        )
        client.max_queued_messages_set(256)
        client.connect_timeout = 5.0
        if self._home.username:
            client.username_pw_set(self._home.username, password.reveal() if password else None)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        return client

    async def open(self, worker: ThreadPoolExecutor, timeout_s: float = OPEN_TIMEOUT_S) -> None:
        """Connects and waits for the broker's yes. Raises BrokerAway."""
        loop = asyncio.get_running_loop()
        self._accepted = loop.create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await loop.run_in_executor(worker, self._connect)
                self._attach(loop)
                await self._accepted
        except ssl.SSLCertVerificationError as error:
            raise away.untrusted(self._where, error.verify_message) from None
        except TimeoutError:
            raise away.unreachable(self._where, "no answer in time") from None
        except (OSError, ValueError) as error:
            raise away.unreachable(self._where, str(error) or type(error).__name__) from None
        finally:
            if not self._accepted.done() or self._accepted.cancelled() or self._accepted.exception() is not None:
                self._detach()

    def _connect(self) -> None:
        """In the worker: may block for name, TCP and TLS."""
        if self._home.tls:
            self._client.tls_set_context(tls.context(self._home))
        if self.v5:
            wishes = properties(
                PacketTypes.CONNECT, SessionExpiryInterval=self._session_s, MaximumPacketSize=LARGEST_PACKET_BYTES
            )
            self._client.connect(
                self._home.host, self._home.port, KEEPALIVE_S, clean_start=self._session_s == 0, properties=wishes
            )
        else:
            self._client.connect(self._home.host, self._home.port, KEEPALIVE_S)

    def _attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From here on the loop moves the bytes. Callbacks are set only now, so that none runs in the worker."""
        client = self._client
        sock = client.socket()
        if sock is None:
            raise away.hung_up(self._where)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_socket_register_write = lambda _client, _data, sock: loop.add_writer(sock, self._turn, "write")
        client.on_socket_unregister_write = lambda _client, _data, sock: _unwatch_writes(loop, sock)
        client.on_socket_close = lambda _client, _data, sock: _unwatch(loop, sock)
        loop.add_reader(sock, self._turn, "read")
        if client.want_write():
            loop.add_writer(sock, self._turn, "write")
        self._housekeeping = loop.call_later(HOUSEKEEPING_S, self._keep_house, loop)

    def _keep_house(self, loop: asyncio.AbstractEventLoop) -> None:
        self._housekeeping = loop.call_later(HOUSEKEEPING_S, self._keep_house, loop)
        self._turn("misc")

    def _turn(self, part: str) -> None:
        """One call of paho's loop. What the broker sends is not to be trusted: a packet that breaks paho ends this
        connection and nothing else."""
        client = self._client
        try:
            if part == "read":
                client.loop_read()
            elif part == "write":
                client.loop_write()
            else:
                client.loop_misc()
        except Exception as error:
            log.exception("paho-mqtt failed on what the broker at %s sent", self._where)
            self._finish(away.lost(self._where, f"{type(error).__name__}: {error}"))
            return
        sock = client.socket()
        # TLS may hold decrypted bytes that the socket no longer announces.
        if part == "read" and isinstance(sock, ssl.SSLSocket) and sock.pending():
            asyncio.get_running_loop().call_soon(self._turn, "read")

    async def receive(self) -> Incoming:
        """The next message. Raises BrokerAway when the connection has ended and all messages were taken."""
        incoming = await self._received.get()
        if incoming is None:
            self._received.put_nowait(None)
            raise self._end or away.lost(self._where, "closed")
        return incoming

    def subscribe(self, pattern: str) -> None:
        _, mid = self._client.subscribe(pattern, qos=1)
        if mid is not None:
            self._deeds[mid] = f"read {pattern}"

    def unsubscribe(self, pattern: str) -> None:
        self._client.unsubscribe(pattern)

    def publish(self, message: Message) -> int | None:
        """Hands it to the connection; the id of its confirmation, None if there was no room or the connection ended."""
        if self._end is not None:
            return None
        more = of_publish(message) if self.v5 else None
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain, more)
        if info.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            self._complain(f"The MQTT broker at {self._where} is too slow: a message for {message.topic} was dropped.")
            return None
        self._deeds[info.mid] = f"publish to {message.topic}"
        return info.mid

    async def publish_and_confirm(self, message: Message) -> None:
        """Returns when the broker has taken it (qos 1). Raises BrokerAway, also where it refuses."""
        mid = self.publish(message)
        if mid is None or self._end is not None:
            raise self._end or away.unreachable(self._where, "it takes no more messages")
        confirmation = asyncio.get_running_loop().create_future()
        self._confirmations[mid] = confirmation
        try:
            await confirmation
        finally:
            self._confirmations.pop(mid, None)

    async def close(self) -> None:
        """Sends what waits and a clean DISCONNECT; gives up after half a second. Idempotent."""
        if self._end is None:
            # A clean good-bye ends the session: orders given while we are off would be stale when we are back.
            farewell = properties(PacketTypes.DISCONNECT, SessionExpiryInterval=0) if self.v5 else None
            self._client.disconnect(properties=farewell)
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    while self._end is None:
                        await self._received.get()
            except TimeoutError:
                log.debug("The broker at %s did not take the good-bye in time.", self._where)
        self._detach()

    def _detach(self) -> None:
        if self._accepted is not None:
            self._accepted.cancel()
        self._finish(away.lost(self._where, "closed"))
        self._client.on_socket_unregister_write = None
        self._client.on_socket_close = None
        sock = self._client.socket()
        if sock is not None and sock.fileno() >= 0:
            _unwatch(asyncio.get_running_loop(), sock)
            sock.close()

    def _finish(self, end: away.BrokerAway) -> None:
        if self._end is not None:
            return
        self._end = end
        if self._housekeeping is not None:
            self._housekeeping.cancel()
        if self._accepted is not None and not self._accepted.done():
            self._accepted.set_exception(away.hung_up(self._where))
        for confirmation in self._confirmations.values():
            if not confirmation.done():
                confirmation.set_exception(end)
        self._received.put_nowait(None)

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if self._accepted is None or self._accepted.done():
            return
        if reason.is_failure:
            self._accepted.set_exception(away.refused(self._where, self._home.username, reason.getName()))
        else:
            self._accepted.set_result(None)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._finish(away.lost(self._where, reason.getName()))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if self._received.qsize() >= WAITING_MESSAGES:
            self.dropped += 1
            if self.dropped == 1:
                log.warning("Messages come from %s faster than they can be taken: some are dropped.", self._where)
            return
        self._received.put_nowait(incoming(message))

    def _on_subscribe(self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Any) -> None:
        self._settle(mid, next((reason for reason in reasons if reason.is_failure), None))

    def _on_publish(self, _client: Client, _data: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        self._settle(mid, reason if reason.is_failure else None)

    def _settle(self, mid: int, refusal: ReasonCode | None) -> None:
        deed = self._deeds.pop(mid, "do this")
        confirmation = self._confirmations.get(mid)
        sentence = away.forbidden(self._where, deed, refusal.getName()) if refusal is not None else ""
        if confirmation is not None and not confirmation.done():
            if sentence:
                confirmation.set_exception(away.BrokerAway(sentence))
            else:
                confirmation.set_result(None)
        elif sentence:
            self._complain(sentence)


def _unwatch(loop: asyncio.AbstractEventLoop, sock: Any) -> None:
    loop.remove_reader(sock)
    loop.remove_writer(sock)


def _unwatch_writes(loop: asyncio.AbstractEventLoop, sock: Any) -> None:
    loop.remove_writer(sock)
