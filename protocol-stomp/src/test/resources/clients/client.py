"""Whole conversations with the Python client stomp.py, in every version. Prints "ok" and ends with 0, or says what went wrong."""
import sys
import threading
import time

import stomp

COUNT = 100


class Listener(stomp.ConnectionListener):
    def __init__(self, wanted):
        self.wanted = wanted
        self.messages = []
        self.receipts = set()
        self.errors = []
        self.changed = threading.Condition()

    def on_message(self, frame):
        with self.changed:
            self.messages.append(frame)
            self.changed.notify_all()

    def on_receipt(self, frame):
        with self.changed:
            self.receipts.add(frame.headers["receipt-id"])
            self.changed.notify_all()

    def on_error(self, frame):
        with self.changed:
            self.errors.append(frame)
            self.changed.notify_all()

    def wait(self, condition, what):
        with self.changed:
            if not self.changed.wait_for(lambda: self.errors or condition(), 20):
                raise AssertionError("not in time: " + what)
            if self.errors:
                raise AssertionError(str(self.errors[0]))


def converse(kind, version, port):
    connection = kind([("127.0.0.1", port)])
    listener = Listener(COUNT)
    connection.set_listener("", listener)
    connection.connect("user", "secret", wait=True)
    queue = "/queue/python" + version
    connection.subscribe(destination=queue, id="1", ack="client-individual")
    for i in range(COUNT):
        connection.send(body="grüße %d" % i, destination=queue, headers={"persistent": "true", "receipt": "r%d" % i, "note": "n"})
    listener.wait(lambda: len(listener.receipts) == COUNT, "receipts")
    for i in range(COUNT):
        listener.wait(lambda: len(listener.messages) > i, "message %d" % i)
        message = listener.messages[i]
        assert message.body == "grüße %d" % i, message.body
        assert message.headers["note"] == "n"
        acknowledge(connection, version, message)
    transaction = connection.begin()
    connection.send(body="never", destination=queue, transaction=transaction)
    connection.abort(transaction)
    transaction = connection.begin()
    connection.send(body="in a transaction", destination=queue, transaction=transaction)
    connection.commit(transaction)
    listener.wait(lambda: len(listener.messages) == COUNT + 1, "the transaction's message")
    assert listener.messages[COUNT].body == "in a transaction"
    acknowledge(connection, version, listener.messages[COUNT])
    connection.unsubscribe(id="1")
    connection.disconnect(receipt="bye")
    listener.wait(lambda: "bye" in listener.receipts, "the farewell")


def settle(say, version, message, **more):
    if version == "1.2":
        say(message.headers["ack"], **more)
    elif version == "1.1":
        say(message.headers["message-id"], subscription="1", **more)
    else:
        say(message.headers["message-id"], **more)


def acknowledge(connection, version, message):
    settle(connection.ack, version, message)


class Habits:
    """What users do besides, each with a connection and a queue of its own."""

    def __init__(self, kind, version, port):
        self.kind, self.version, self.port = kind, version, port

    def open(self, queue=None, **headers):
        connection = self.kind([("127.0.0.1", self.port)])
        listener = Listener(0)
        connection.set_listener("", listener)
        connection.connect("user", "secret", wait=True)
        if queue:
            connection.subscribe(destination=queue, id="1", ack=headers.pop("ack", "auto"), headers=dict(headers, receipt="subscribed"))
            listener.wait(lambda: "subscribed" in listener.receipts, "the subscription")
        return connection, listener

    def queue(self, name):
        return "/queue/python.%s.%s" % (name, self.version)

    def one(self, listener, count=1):
        listener.wait(lambda: len(listener.messages) >= count, "message %d" % count)
        return listener.messages[count - 1]

    def acknowledgements_in_transactions(self):
        queue = self.queue("acks")
        connection, listener = self.open(queue, ack="client-individual")
        connection.send(queue, "in")
        message = self.one(listener)
        for end in (connection.abort, connection.commit):
            transaction = connection.begin()
            settle(connection.ack, self.version, message, transaction=transaction)
            connection.send(queue, "out", transaction=transaction)
            end(transaction)
        assert self.one(listener, 2).body == "out"
        connection.unsubscribe(id="1")
        connection.send(queue, "last")
        connection.subscribe(destination=queue, id="1", ack="auto")
        bodies = self.one(listener, 3).body, self.one(listener, 4).body
        assert bodies == ("out", "last"), bodies

    def refusals_end_in_the_dead_letters(self):
        if self.version == "1.0":
            return
        queue = self.queue("refused")
        connection, listener = self.open(queue, ack="client-individual")
        dead, graves = self.open("/queue/dead", selector="_AMQ_ORIG_ADDRESS = '%s'" % queue[len("/queue/"):])
        connection.send(queue, "no", headers={"persistent": "true"})
        for attempt in range(3):
            message = self.one(listener, attempt + 1)
            assert message.headers["redelivered"] == ("false" if attempt == 0 else "true")
            settle(connection.nack, self.version, message)
        assert self.one(graves).body == "no"

    def answers(self):
        queue = self.queue("questions")
        asking, answers = self.open("/temp-queue/answers")
        answering, questions = self.open(queue)
        asking.send(queue, "question", headers={"reply-to": "/temp-queue/answers", "correlation-id": "7"})
        question = self.one(questions)
        answering.send(question.headers["reply-to"], "answer", headers={"correlation-id": question.headers["correlation-id"]})
        assert self.one(answers).headers["correlation-id"] == "7"

    def selectors(self):
        queue = self.queue("selected")
        connection, listener = self.open(queue, selector="color = 'red' AND AMQPriority > 5")
        for color, priority in (("blue", 9), ("red", 3), ("red", 8)):
            connection.send(queue, color + str(priority), headers={"color": color, "priority": str(priority)})
        assert self.one(listener).body == "red8"

    def browsing(self):
        queue = self.queue("browsed")
        connection, listener = self.open()
        for i in range(3):
            connection.send(queue, str(i), headers={"receipt": str(i)})
        listener.wait(lambda: len(listener.receipts) == 3, "receipts")
        browser, seen = self.open(queue, browser="true")
        assert self.one(seen, 4).headers["browser"] == "end"
        _, listener = self.open(queue)
        assert [message.body for message in seen.messages[:3]] == [self.one(listener, i + 1).body for i in range(3)] == ["0", "1", "2"]

    def groups(self):
        queue = self.queue("groups")
        listeners = [self.open(queue)[1] for _ in range(2)]
        connection, _ = self.open()
        for i in range(10):
            connection.send(queue, str(i), headers={"JMSXGroupID": str(i % 2)})
        for listener in listeners:
            listener.wait(lambda: len(listener.messages) == 5, "a group")
            assert len({int(message.body) % 2 for message in listener.messages}) == 1

    def expired_ones_go_elsewhere(self):
        queue = self.queue("expired")
        connection, listener = self.open()
        connection.send(queue, "late", headers={"expires": str(int(time.time() * 1000) - 1), "receipt": "late"})
        listener.wait(lambda: listener.receipts, "the receipt")
        _, expired = self.open("/queue/expired", selector="_AMQ_ORIG_ADDRESS = '%s'" % queue[len("/queue/"):])
        self.open(queue)
        assert self.one(expired).body == "late"

    def anything_can_be_said(self):
        queue = "/queue/Grüße, 中文 😀." + self.version
        connection, listener = self.open(queue)
        value = "a:b é😀" if self.version == "1.0" else "a:b\\n\\\\c\n é😀" + ("\r" if self.version == "1.2" else "")
        body = "a\0b\0é😀"
        connection.send(queue, body, headers={"k": value, "long": "v" * 65536, "content-length": str(len(body.encode("utf-8")))})
        message = self.one(listener)
        assert message.headers["destination"] == queue
        assert message.headers["k"] == value, message.headers["k"]
        assert len(message.headers["long"]) == 65536
        assert message.body == body


for kind, version in ((stomp.StompConnection10, "1.0"), (stomp.StompConnection11, "1.1"), (stomp.StompConnection12, "1.2")):
    converse(kind, version, int(sys.argv[1]))
    habits = Habits(kind, version, int(sys.argv[1]))
    for name in [name for name in vars(Habits) if not name.startswith("_") and name not in ("open", "queue", "one")]:
        getattr(habits, name)()
print("ok")
