"""What an application does with Qpid Proton in Python. Prints "ok" and ends with 0, or says what went wrong."""
import sys
import uuid

from proton import (Array, Data, Delivery, Described, Link, Message, Terminus, int32, symbol, timestamp, ubyte, uint, ulong, ushort)
from proton.handlers import MessagingHandler, TransactionHandler
from proton.reactor import Container, Copy, DurableSubscription, DynamicNodeProperties, LinkOption, ReceiverOption, Selector
from proton.utils import BlockingConnection, LinkDetached, SendException

PORT = sys.argv[1]
URL = "amqp://127.0.0.1:" + PORT
WAIT = 10


def connect(**options):
    return BlockingConnection(URL, timeout=WAIT, **options)


def equal(found, expected, what):
    assert found == expected, "%s: %r instead of %r" % (what, found, expected)


class Capability(LinkOption):
    """Asks for an address of a kind."""
    def __init__(self, name):
        self.name = name

    def apply(self, link):
        terminus = link.source if link.is_receiver else link.target
        terminus.capabilities.put_array(False, Data.SYMBOL)
        terminus.capabilities.enter()
        terminus.capabilities.put_symbol(self.name)
        terminus.capabilities.exit()


def to_queue(connection, address):
    """A sender to a queue; an address of which nothing is said would be a topic."""
    return connection.create_sender(address, options=[Capability("queue")])


def from_queue(connection, address, credit=1, options=()):
    return connection.create_receiver(address, credit=credit, options=[Capability("queue"), *options])


def bodies():
    """Each kind of body comes back as it was sent."""
    connection = connect()
    sender = to_queue(connection, "py.bodies")
    receiver = from_queue(connection, "py.bodies", 100)
    values = ["text", "", "\u00e4\u20ac\U0001F600", b"bytes", b"", 42, -1, True, None, 3.25, uint(7), ubyte(255), ushort(65535), ulong(2 ** 63),
              int32(-2 ** 31), timestamp(1600000000000), uuid.UUID(int=5), symbol("sym"), [1, "two", [3.0, None]],
              {"a": 1, "b": {"c": ["d"]}}, Described(symbol("own:type"), ["x", 1]), Array(None, Data.LONG, 1, 2, 3), "x" * 100000]
    for value in values:
        sender.send(Message(body=value))
    for value in values:
        message = receiver.receive(timeout=WAIT)
        receiver.accept()
        equal(message.body, value, "body")
        equal(type(message.body), type(value), "type of %r" % (value,))
    connection.close()


def fields():
    """Every field of a message that has one."""
    connection = connect()
    sender = to_queue(connection, "py.fields")
    receiver = from_queue(connection, "py.fields", 1)
    sent = Message(body="b", id=ulong(7), user_id=b"me", address="py.fields", subject="s", reply_to="py.reply", correlation_id=uuid.UUID(int=9),
                   content_type="text/plain", content_encoding="gzip", expiry_time=4102444800.0, creation_time=1600000000.0, group_id="g", group_sequence=3,
                   reply_to_group_id="rg", durable=True, priority=7,
                   properties={"s": "t", "i": 1, "u": uint(2), "l": ulong(3), "b": True, "f": 1.5, "n": None, "x": b"\0\1", "t": timestamp(5)},
                   annotations={symbol("x-opt-note"): "n", symbol("x-other"): [1, 2]})
    sender.send(sent)
    got = receiver.receive(timeout=WAIT)
    receiver.accept()
    for field in ("id", "user_id", "address", "subject", "reply_to", "correlation_id", "content_type", "content_encoding", "expiry_time", "creation_time",
                  "group_id", "group_sequence", "reply_to_group_id", "durable", "priority", "properties"):
        equal(getattr(got, field), getattr(sent, field), field)
    equal(got.annotations[symbol("x-opt-note")], "n", "annotation")
    equal(got.annotations[symbol("x-other")], [1, 2], "annotation")
    connection.close()


def outcomes():
    """Released, modified, rejected."""
    connection = connect()
    sender = to_queue(connection, "py.outcomes")
    receiver = from_queue(connection, "py.outcomes", 1)
    sender.send(Message(body="m", durable=True))
    message = receiver.receive(timeout=WAIT)
    equal((message.delivery_count, message.first_acquirer), (0, False), "first delivery")
    receiver.release(delivered=False)
    receiver.flow(1)
    equal(receiver.receive(timeout=WAIT).delivery_count, 0, "after released")
    receiver.release(delivered=True)
    receiver.flow(1)
    # Proton says "modified" then, but not that the delivery failed
    equal(receiver.receive(timeout=WAIT).delivery_count, 0, "after modified")
    receiver.reject()
    dead = from_queue(connection, "DLQ", 1)
    equal(dead.receive(timeout=WAIT).body, "m", "dead letter")
    dead.accept()
    connection.close()


def selections():
    """Selectors, looking without taking, draining."""
    connection = connect()
    sender = to_queue(connection, "py.selected")
    for number in range(10):
        sender.send(Message(body=number, properties={"odd": number % 2 == 1}))
    browser = from_queue(connection, "py.selected", 20, [Copy()])
    for number in range(10):
        equal(browser.receive(timeout=WAIT).body, number, "browsed")
        browser.accept()
    browser.close()
    odd = from_queue(connection, "py.selected", 5, [Selector("odd = TRUE")])
    for number in (1, 3, 5, 7, 9):
        equal(odd.receive(timeout=WAIT).body, number, "selected")
        odd.accept()
    odd.link.drain(10)
    connection.wait(lambda: odd.link.credit == 0, msg="credit is drained")
    odd.close()
    even = from_queue(connection, "py.selected", 5)
    for number in (0, 2, 4, 6, 8):
        equal(even.receive(timeout=WAIT).body, number, "the rest")
        even.accept()
    connection.close()


def topics():
    """Everybody who listens gets it; a durable subscription keeps it."""
    connection = connect()
    one = connection.create_receiver("py.topic", credit=5, name="one", options=[Capability("topic")])
    two = connection.create_receiver("py.topic", credit=5, name="two", options=[Capability("topic")])
    sender = connection.create_sender("py.topic", options=[Capability("topic")])
    sender.send(Message(body="all"))
    for receiver in (one, two):
        equal(receiver.receive(timeout=WAIT).body, "all", "topic")
        receiver.accept()
    connection.close()

    class Durable(MessagingHandler):
        """Subscribes, leaves without giving up, and comes back for what it missed."""
        def __init__(self):
            super().__init__(auto_accept=False)
            self.got = None

        def on_start(self, event):
            self.container = event.container
            self.subscribe(event)

        def subscribe(self, event):
            self.connection = event.container.connect(URL, reconnect=False)
            self.receiver = event.container.create_receiver(self.connection, "py.topic", name="lasting", options=[DurableSubscription(), Capability("topic")])

        def on_link_opened(self, event):
            if self.got is None:
                self.got = []
                event.connection.close()

        def on_connection_closed(self, event):
            if not self.got:
                missed = connect()
                missed.create_sender("py.topic", options=[Capability("topic")]).send(Message(body="missed", durable=True))
                missed.close()
                self.subscribe(event)

        def on_message(self, event):
            self.got.append(event.message.body)
            self.accept(event.delivery)
            event.receiver.close()
            event.connection.close()

    durable = Durable()
    container = Container(durable)
    container.container_id = "py-lasting"
    container.run()
    equal(durable.got, ["missed"], "durable subscription")


def requests():
    """A question and its answer over an address that the broker makes."""
    connection = connect()
    answers = connection.create_receiver(None, dynamic=True, credit=1)
    place = answers.link.remote_source.address
    assert place, "no address for answers"
    asked = from_queue(connection, "py.service", 1)
    to_queue(connection, "py.service").send(Message(body="ping", reply_to=place))
    question = asked.receive(timeout=WAIT)
    asked.accept()
    relay = connection.create_sender(None)
    relay.send(Message(body="pong", address=question.reply_to, correlation_id=question.id))
    equal(answers.receive(timeout=WAIT).body, "pong", "answer")
    answers.accept()
    connection.close()


def large():
    """A message of many frames, both ways."""
    connection = connect(max_frame_size=4096)
    body = bytes(range(256)) * 12000
    to_queue(connection, "py.large").send(Message(body=body, durable=True))
    receiver = from_queue(connection, "py.large", 1)
    assert receiver.receive(timeout=WAIT).body == body, "a large message came back different"
    receiver.accept()
    connection.close()


class Transactions(MessagingHandler, TransactionHandler):
    """Sends in a transaction that is aborted, and in one that is committed, and takes what came in another."""
    def __init__(self):
        super().__init__(prefetch=0, auto_accept=False)
        self.got = []
        self.round = 0
        self.transaction = None

    def on_start(self, event):
        self.container = event.container
        self.connection = event.container.connect(URL, reconnect=False)
        self.sender = event.container.create_sender(self.connection, "py.transacted", options=[Capability("queue")])
        self.receiver = event.container.create_receiver(self.connection, "py.transacted", options=[Capability("queue")])
        event.container.declare_transaction(self.connection, handler=self)

    def on_transaction_declared(self, event):
        self.transaction = event.transaction
        if self.round < 2:
            for number in range(3):
                self.transaction.send(self.sender, Message(body="%d-%d" % (self.round, number)))
            if self.round == 0:
                self.transaction.abort()
            else:
                self.transaction.commit()
        else:
            self.receiver.flow(3)

    def on_transaction_aborted(self, event):
        self.next()

    def on_transaction_committed(self, event):
        if self.round == 2:
            self.connection.close()
        else:
            self.next()

    def next(self):
        self.round += 1
        self.container.declare_transaction(self.connection, handler=self)

    def on_message(self, event):
        self.got.append(event.message.body)
        self.transaction.accept(event.delivery)
        if len(self.got) == 3:
            self.transaction.commit()


def transactions():
    handler = Transactions()
    Container(handler).run()
    equal(handler.got, ["1-0", "1-1", "1-2"], "committed")
    connection = connect()
    empty = from_queue(connection, "py.transacted", 1)
    empty.link.drain(1)
    connection.wait(lambda: empty.link.credit == 0, msg="nothing is left")
    equal(len(empty.fetcher.incoming), 0, "left behind")
    connection.close()


class Burst(MessagingHandler):
    """Thousands, settled before they are sent, and not, at the pace of the credit."""
    COUNT = 5000

    def __init__(self, settled):
        super().__init__(prefetch=500)
        self.settled = settled
        self.sent = self.got = self.accepted_ones = 0

    def on_start(self, event):
        connection = event.container.connect(URL, reconnect=False)
        address = "py.burst.%s" % self.settled
        event.container.create_receiver(connection, address, options=[Capability("queue")])
        self.sender = event.container.create_sender(connection, address, options=[Capability("queue")])

    def on_sendable(self, event):
        while event.sender.credit and self.sent < self.COUNT:
            delivery = event.sender.send(Message(body=self.sent))
            if self.settled:
                delivery.settle()
            self.sent += 1

    def on_accepted(self, event):
        self.accepted_ones += 1
        self.end(event)

    def on_message(self, event):
        equal(event.message.body, self.got, "order")
        self.got += 1
        self.end(event)

    def end(self, event):
        if self.got == self.COUNT and self.accepted_ones == (0 if self.settled else self.COUNT):
            event.connection.close()


def bursts():
    for settled in (True, False):
        burst = Burst(settled)
        Container(burst).run()
        equal(burst.got, Burst.COUNT, "burst")


def refusals():
    """What the broker refuses shows as the client's own exception."""
    connection = connect()
    receiver = None
    try:
        receiver = from_queue(connection, "py.refused", 1, [Selector("this is not a selector")])
    except LinkDetached as refused:
        assert "amqp:invalid-field" in str(refused) or "filter" in str(refused).lower(), refused
    assert receiver is None, "a selector that can't be parsed was taken"
    connection.close()


class Direct(MessagingHandler):
    """A producer has credit when a consumer comes, and hears what that says: accepted, released, rejected in turn."""
    def __init__(self):
        super().__init__(auto_accept=False, prefetch=0, auto_settle=True)
        self.sent = 0
        self.heard = {}

    def on_start(self, event):
        self.connection = event.container.connect(URL)
        self.sender = event.container.create_sender(self.connection, "direct.py", options=[Capability("queue")])

    def on_link_opened(self, event):
        if event.link == self.sender:
            equal(self.sender.credit, 0, "credit without a consumer")
            self.receiver = event.container.create_receiver(self.connection, "direct.py", options=[Capability("queue")])
        else:
            self.receiver.flow(3)

    def on_sendable(self, event):
        while self.sender.credit and self.sent < 3:
            self.sender.send(Message(body=self.sent), tag=str(self.sent))
            self.sent += 1

    def on_message(self, event):
        outcome = (Delivery.ACCEPTED, Delivery.RELEASED, Delivery.REJECTED)[event.message.body]
        event.delivery.update(outcome)
        event.delivery.settle()

    def on_settled(self, event):
        if event.link == self.sender:
            self.heard[event.delivery.tag] = event.delivery.remote_state
            if len(self.heard) == 3:
                event.connection.close()


def direct():
    steps = Direct()
    Container(steps).run()
    equal(steps.heard, {"0": Delivery.ACCEPTED, "1": Delivery.RELEASED, "2": Delivery.REJECTED}, "outcomes")


STEPS = (bodies, fields, outcomes, selections, topics, requests, large, transactions, bursts, refusals, direct)
for step in [each for each in STEPS if len(sys.argv) < 3 or each.__name__ in sys.argv[2:]]:
    try:
        step()
    except BaseException as failure:
        print("%s: %s: %s" % (step.__name__, type(failure).__name__, failure))
        raise
print("ok")
