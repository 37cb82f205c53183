"""Whole conversations with the Python client stomp.py, in every version. Prints "ok" and ends with 0, or says what went wrong."""
import sys
import threading

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


def acknowledge(connection, version, message):
    if version == "1.2":
        connection.ack(message.headers["ack"])
    elif version == "1.1":
        connection.ack(message.headers["message-id"], subscription="1")
    else:
        connection.ack(message.headers["message-id"])


for kind, version in ((stomp.StompConnection10, "1.0"), (stomp.StompConnection11, "1.1"), (stomp.StompConnection12, "1.2")):
    converse(kind, version, int(sys.argv[1]))
print("ok")
