// A whole conversation with the npm client "stompit", over TCP. Prints "ok" and ends with 0, or says what went wrong.
'use strict';
const stompit = require('stompit');
const port = Number(process.argv[2]);
const queue = '/queue/stompit';
const count = 200;

function fail(error) {
  console.error(error && error.stack || error);
  process.exit(1);
}

stompit.connect({host: '127.0.0.1', port, connectHeaders: {host: '/', 'heart-beat': '1000,1000', login: 'u', passcode: 'p'}}, (error, client) => {
  if (error) {
    fail(error);
  }
  client.on('error', fail);
  const received = [];
  const subscription = client.subscribe({destination: queue, ack: 'client-individual'}, (error, message) => {
    if (error) {
      fail(error);
    }
    message.readString('utf-8', (error, body) => {
      if (error) {
        fail(error);
      }
      received.push(body);
      client.ack(message);
      if (received.length === count + 2) {
        finish();
      }
    });
  });

  function send(body, headers, done) {
    const frame = client.send(Object.assign({destination: queue, persistent: 'true', note: 'a:b\\c\nd'}, headers), {onReceipt: done});
    frame.end(body);
  }

  let confirmed = 0;
  for (let i = 0; i < count; i++) {
    send('grüße ' + i, {'content-type': 'text/plain'}, () => {
      if (++confirmed === count) {
        transaction();
      }
    });
  }

  function transaction() {
    const aborted = client.begin();
    aborted.send({destination: queue}).end('never');
    aborted.abort();
    const committed = client.begin();
    committed.send({destination: queue}).end('in a transaction');
    committed.commit();
    send('x'.repeat(300000), {}, () => {});
  }

  function finish() {
    for (let i = 0; i < count; i++) {
      if (received[i] !== 'grüße ' + i) {
        fail('message ' + i + ' is ' + received[i]);
      }
    }
    if (received[count] !== 'in a transaction' || received[count + 1].length !== 300000) {
      fail('the last two are ' + received[count] + ' and ' + received[count + 1].length + ' characters');
    }
    subscription.unsubscribe();
    client.disconnect(error => {
      if (error) {
        fail(error);
      }
      console.log('ok');
      process.exit(0);
    });
  }
});
setTimeout(() => fail('not done in time'), 30000);
