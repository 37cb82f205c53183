// A whole conversation with the npm client "@stomp/stompjs", over a WebSocket. Prints "ok" and ends with 0, or says what went wrong.
'use strict';
const {Client} = require('@stomp/stompjs');
const WebSocket = require('ws');
Object.assign(global, {WebSocket});
const port = Number(process.argv[2]);
const topic = '/topic/stompjs';
const count = 100;
// this client takes a backslash before an r, n or c for an escape even when the backslash itself was escaped
const NOTE = 'a:b\\ \nd';

function fail(error) {
  console.error(error && error.stack || error);
  process.exit(1);
}

const received = [];
const client = new Client({
  brokerURL: 'ws://127.0.0.1:' + port + '/stomp',
  reconnectDelay: 0,
  heartbeatIncoming: 1000,
  heartbeatOutgoing: 1000,
  onWebSocketError: fail,
  onStompError: frame => fail(frame.headers.message + ': ' + frame.body),
  onConnect: frame => {
    if (frame.headers.version !== '1.2') {
      fail('version ' + frame.headers.version);
    }
    client.watchForReceipt('subscribed', publish);
    client.subscribe(topic, message => {
      received.push(message);
      message.ack();
      if (received.length === count + 1) {
        finish();
      }
    }, {ack: 'client', receipt: 'subscribed'});
  }
});

function publish() {
  for (let i = 0; i < count; i++) {
    client.publish({destination: topic, body: 'grüße ' + i, headers: {note: NOTE, number: String(i)}});
  }
  client.publish({destination: topic, binaryBody: new Uint8Array(50000).fill(7), headers: {'content-type': 'application/octet-stream'}});
}

function finish() {
  for (let i = 0; i < count; i++) {
    const message = received[i];
    if (message.body !== 'grüße ' + i || message.headers.note !== NOTE || message.headers.number !== String(i)) {
      fail('message ' + i + ' is ' + message);
    }
  }
  const bytes = received[count].binaryBody;
  if (bytes.length !== 50000 || bytes.some(b => b !== 7)) {
    fail('the bytes are not those that were sent');
  }
  client.onDisconnect = () => {
    console.log('ok');
    process.exit(0);
  };
  client.deactivate();
}

client.activate();
setTimeout(() => fail('not done in time'), 30000);
