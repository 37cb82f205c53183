// What an application does with the npm client "mqtt". Prints "ok" and ends with 0, or says what went wrong.
'use strict';
const assert = require('assert');
const mqtt = require('mqtt');
const port = Number(process.argv[2]);

function client(clientId, protocolVersion, more) {
  return mqtt.connectAsync(Object.assign({host: '127.0.0.1', port, protocol: 'mqtt', clientId, protocolVersion, clean: true,
    reconnectPeriod: 0, connectTimeout: 10000}, more));
}

/** The next messages, as [topic, text, packet]. */
function take(receiver, count) {
  return new Promise((resolve, reject) => {
    const got = [];
    const timer = setTimeout(() => reject(new Error('only ' + got.length + ' of ' + count + ' came')), 10000);
    const heard = (topic, payload, packet) => {
      got.push([topic, payload.toString(), packet]);
      if (got.length === count) {
        clearTimeout(timer);
        receiver.removeListener('message', heard);
        resolve(got);
      }
    };
    receiver.on('message', heard);
  });
}

async function version(number) {
  const subscriber = await client('node-sub-' + number, number);
  const publisher = await client('node-pub-' + number, number);
  const granted = await subscriber.subscribeAsync('node' + number + '/+/t', {qos: 2});
  assert.strictEqual(granted[0].qos, 2);
  const coming = take(subscriber, 30);
  for (let i = 0; i < 30; i++) {
    await publisher.publishAsync('node' + number + '/' + i % 3 + '/t', 'm' + i, {qos: i % 3});
  }
  const all = await coming;
  for (let qos = 0; qos < 3; qos++) {
    // what is of QoS 2 is shown when it is released
    all.filter(each => each[2].qos === qos).forEach(([topic, text], i) => {
      assert.strictEqual(topic, 'node' + number + '/' + qos + '/t');
      assert.strictEqual(text, 'm' + (3 * i + qos));
    });
  }
  await publisher.publishAsync('node' + number + '/kept/t', 'kept', {qos: 1, retain: true});
  const late = await client('node-late-' + number, number);
  const kept = take(late, 1);
  await late.subscribeAsync('node' + number + '/kept/t', {qos: 1});
  assert.strictEqual((await kept)[0][2].retain, true);
  await publisher.publishAsync('node' + number + '/kept/t', '', {qos: 1, retain: true});
  await subscriber.unsubscribeAsync('node' + number + '/+/t');
  await Promise.all([subscriber.endAsync(), publisher.endAsync(), late.endAsync()]);
}

async function five() {
  const session = {clean: false, properties: {sessionExpiryInterval: 3600, receiveMaximum: 5, topicAliasMaximum: 3}};
  const first = await client('node-five', 5, session);
  await first.subscribeAsync('five/#', {qos: 2, properties: {subscriptionIdentifier: 7, userProperties: {why: 'test'}}});
  await first.endAsync();
  const publisher = await client('node-five-pub', 5, {autoUseTopicAlias: true, autoAssignTopicAlias: true});
  const properties = {contentType: 'text/plain', responseTopic: 'answers', correlationData: Buffer.from([1, 2, 3]), payloadFormatIndicator: true,
    messageExpiryInterval: 600, userProperties: {k: ['1', '2']}};
  for (let i = 0; i < 20; i++) {
    // not at QoS 2: this client forgets what an alias stands for when it shows such a message
    await publisher.publishAsync('five/' + i % 2, 'm' + i, {qos: 1, properties: Object.assign({}, properties)});
  }
  const back = mqtt.connect({host: '127.0.0.1', port, protocol: 'mqtt', clientId: 'node-five', protocolVersion: 5, reconnectPeriod: 0, ...session});
  const coming = take(back, 20);
  const connack = await new Promise(resolve => back.on('connect', resolve));
  assert.strictEqual(connack.sessionPresent, true);
  (await coming).forEach(([topic, text, packet], i) => {
    assert.strictEqual(topic, 'five/' + i % 2);
    assert.strictEqual(text, 'm' + i);
    assert.strictEqual(packet.properties.contentType, 'text/plain');
    assert.strictEqual(packet.properties.responseTopic, 'answers');
    assert.deepStrictEqual(packet.properties.correlationData, Buffer.from([1, 2, 3]));
    assert.strictEqual(packet.properties.subscriptionIdentifier, 7);
    assert.deepStrictEqual(Object.assign({}, packet.properties.userProperties), {k: ['1', '2']});
    assert.ok(packet.properties.messageExpiryInterval > 500);
  });
  const thief = await client('node-five', 5, session);
  const unshared = await client('node-share', 5);
  const refused = await unshared.subscribeAsync('bad#').catch(error => error);
  assert.ok(refused instanceof Error || refused[0].qos >= 128);
  await thief.endAsync();
  back.end(true);
  await Promise.all([publisher.endAsync(), unshared.endAsync()]);
}

Promise.all([version(4), version(5), five()]).then(() => {
  console.log('ok');
  process.exit(0);
}, error => {
  console.log(error);
  process.exit(1);
});
