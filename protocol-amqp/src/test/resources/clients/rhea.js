// What an application does with the npm client "rhea". Prints "ok" and ends with 0, or says what went wrong.
'use strict';
const assert = require('assert');
const rhea = require('rhea');
const port = Number(process.argv[2]);
const types = rhea.types;

/** The next of these events, or a failure if one that must not come does. */
function once(emitter, ...names) {
  return new Promise((resolve, reject) => {
    const heard = names.map(name => context => {
      clearTimeout(timer);
      names.forEach((each, i) => emitter.removeListener(each, heard[i]));
      resolve(Object.assign({event: name}, context));
    });
    const timer = setTimeout(() => reject(new Error('no ' + names + ' came')), 10000);
    names.forEach((name, i) => emitter.on(name, heard[i]));
  });
}

function connect(options) {
  const connection = rhea.create_container().connect(Object.assign({port, host: '127.0.0.1', reconnect: false, idle_time_out: 5000}, options));
  return once(connection, 'connection_open', 'connection_close').then(() => connection);
}

const queue = (address, more) => Object.assign({address, capabilities: ['queue']}, more);

async function sender(connection, options) {
  const link = connection.open_sender(options);
  await once(link, 'sendable', 'sender_close').then(context => assert.strictEqual(context.event, 'sendable'));
  return link;
}

async function receiver(connection, options) {
  const link = connection.open_receiver(Object.assign({credit_window: 0, autoaccept: false}, options));
  const opened = await once(link, 'receiver_open', 'receiver_error');
  assert.strictEqual(opened.event, 'receiver_open');
  return link;
}

/** One message; its delivery is settled as told. */
async function take(link, outcome) {
  link.add_credit(1);
  const {message, delivery} = await once(link, 'message');
  (outcome || (each => each.accept()))(delivery);
  return message;
}

async function settled(link, message) {
  const delivery = link.send(message);
  const context = await once(link, 'accepted', 'rejected', 'released', 'modified');
  assert.strictEqual(context.delivery.id, delivery.id);
  return context.event;
}

async function bodies(connection) {
  const out = await sender(connection, {target: queue('js.bodies')});
  const from = await receiver(connection, {source: queue('js.bodies')});
  const each = ['text', '', 'ä€😀', 1, -1, 1.5, true, false, null, [1, 'two', [3]], {a: 1, b: {c: 'd'}}, new Date(1600000000000)];
  for (const body of each) {
    assert.strictEqual(await settled(out, {body}), 'accepted');
    assert.deepStrictEqual((await take(from)).body, body);
  }
  await settled(out, {body: rhea.message.data_section(Buffer.from('bytes'))});
  assert.strictEqual((await take(from)).body.content.toString(), 'bytes');
  await settled(out, {body: rhea.message.data_sections([Buffer.from('one'), Buffer.from('two')])});
  assert.deepStrictEqual((await take(from)).body.content.map(String), ['one', 'two']);
  await settled(out, {body: rhea.message.sequence_sections([[1, 'a'], [2]])});
  assert.deepStrictEqual((await take(from)).body.content, [[1, 'a'], [2]]);
}

async function fields(connection) {
  const out = await sender(connection, {target: queue('js.fields')});
  const from = await receiver(connection, {source: queue('js.fields')});
  const sent = {
    body: 'b', durable: true, priority: 8, ttl: 60000, message_id: 'id', user_id: Buffer.from('me'), to: 'js.fields', subject: 's', reply_to: 'js.reply',
    correlation_id: 'c', content_type: 'text/plain', content_encoding: 'identity', absolute_expiry_time: new Date(4102444800000),
    creation_time: new Date(1600000000000), group_id: 'g', group_sequence: 4, reply_to_group_id: 'rg',
    application_properties: {s: 't', n: 1, b: true, f: 1.5, z: null, u: types.wrap_uint(7)}, message_annotations: {'x-opt-note': 'n'}, footer: {checksum: 9}
  };
  assert.strictEqual(await settled(out, sent), 'accepted');
  const got = await take(from);
  for (const field of Object.keys(sent).filter(name => !['user_id', 'application_properties', 'ttl'].includes(name))) {
    assert.deepStrictEqual(got[field], sent[field], field);
  }
  assert.strictEqual(got.user_id.toString(), 'me');
  assert.deepStrictEqual(got.application_properties, {s: 't', n: 1, b: true, f: 1.5, z: null, u: 7});
  assert(got.ttl > 0 && got.ttl <= 60000, 'ttl ' + got.ttl);
}

async function outcomes(connection) {
  const out = await sender(connection, {target: queue('js.outcomes')});
  const from = await receiver(connection, {source: queue('js.outcomes')});
  await settled(out, {body: 'm', durable: true});
  await take(from, delivery => delivery.release());
  const again = await take(from, delivery => delivery.modified({delivery_failed: true}));
  assert.strictEqual(again.delivery_count || 0, 0);
  const counted = await take(from, delivery => delivery.reject({condition: 'own:error', description: 'no good'}));
  assert.strictEqual(counted.delivery_count, 1);
  const dead = await receiver(connection, {source: queue('DLQ', {filter: rhea.filter.selector("_AMQ_ORIG_ADDRESS = 'js.outcomes'")})});
  assert.strictEqual((await take(dead)).body, 'm');
}

async function browsing(connection) {
  const out = await sender(connection, {target: queue('js.browsed')});
  for (let i = 0; i < 5; i++) {
    await settled(out, {body: i, application_properties: {odd: i % 2 === 1}});
  }
  const looking = await receiver(connection, {source: queue('js.browsed', {distribution_mode: 'copy'})});
  for (let i = 0; i < 5; i++) {
    assert.strictEqual((await take(looking)).body, i);
  }
  looking.close();
  const odd = await receiver(connection, {source: queue('js.browsed', {filter: rhea.filter.selector('odd = TRUE')})});
  assert.deepStrictEqual([(await take(odd)).body, (await take(odd)).body], [1, 3]);
  odd.drain_credit();
  odd.add_credit(3);
  await once(odd, 'receiver_drained');
}

async function topics(connection) {
  const name = 'js-lasting';
  const lasting = {name, source: {address: 'js.topic', capabilities: ['topic'], durable: 2, expiry_policy: 'never'}};
  const listeners = [await receiver(connection, {source: {address: 'js.topic', capabilities: ['topic']}}), await receiver(connection, lasting)];
  const out = await sender(connection, {target: {address: 'js.topic', capabilities: ['topic']}});
  await settled(out, {body: 'all'});
  for (const listener of listeners) {
    assert.strictEqual((await take(listener)).body, 'all');
  }
  listeners[1].detach();
  await once(listeners[1], 'receiver_close', 'receiver_detach', 'settled').catch(() => { });
  await settled(out, {body: 'missed', durable: true});
  const back = await receiver(connection, lasting);
  assert.strictEqual((await take(back)).body, 'missed');
  back.close();
}

async function requests(connection) {
  const answers = await receiver(connection, {source: {dynamic: true}});
  const asked = await receiver(connection, {source: queue('js.service')});
  const out = await sender(connection, {target: queue('js.service')});
  await settled(out, {body: 'ping', reply_to: answers.source.address, message_id: 1});
  const question = await take(asked);
  const relay = await sender(connection, {target: {}});
  assert.strictEqual(await settled(relay, {to: question.reply_to, body: 'pong', correlation_id: question.message_id}), 'accepted');
  const answer = await take(answers);
  assert.deepStrictEqual([answer.body, answer.correlation_id], ['pong', 1]);
}

async function large() {
  const connection = await connect({max_frame_size: 1024});
  const body = 'x'.repeat(300000);
  const out = await sender(connection, {target: queue('js.large')});
  await settled(out, {body});
  const from = await receiver(connection, {source: queue('js.large')});
  assert.strictEqual((await take(from)).body, body);
  connection.close();
}

async function bursts(connection) {
  for (const presettled of [false, true]) {
    const address = 'js.burst.' + presettled;
    const count = 3000;
    const out = connection.open_sender({target: queue(address), snd_settle_mode: presettled ? 1 : 0});
    let sent = 0, accepted = 0, got = 0;
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${sent} sent, ${accepted} accepted, ${got} came`)), 20000);
      const check = () => {
        if (got === count && accepted === (presettled ? 0 : count)) {
          clearTimeout(timer);
          resolve();
        }
      };
      out.on('sendable', () => {
        while (out.sendable() && sent < count) {
          out.send({body: sent++});
        }
      });
      out.on('accepted', () => {
        accepted++;
        check();
      });
      connection.open_receiver({source: queue(address), credit_window: 100}).on('message', context => {
        assert.strictEqual(context.message.body, got++);
        check();
      });
    });
  }
}

async function refusals(connection) {
  const link = connection.open_receiver({source: queue('js.refused', {filter: rhea.filter.selector('this is not a selector')})});
  const refused = await once(link, 'receiver_error');
  assert.strictEqual(refused.receiver.error.condition, 'amqp:invalid-field');
}

/** A producer has credit when a consumer comes, and hears what that says. */
async function direct(connection) {
  const out = connection.open_sender({target: queue('direct.js'), treat_modified_as_released: false});
  await once(out, 'sender_open');
  assert.strictEqual(out.sendable(), false);
  const sendable = once(out, 'sendable');
  const inn = await receiver(connection, {source: queue('direct.js')});
  const says = [each => each.accept(), each => each.release(), each => each.modified({delivery_failed: true}), each => each.reject({condition: 'own:error'})];
  inn.on('message', ({message, delivery}) => says[message.body](delivery));
  inn.add_credit(says.length);
  await sendable;
  for (const [i, name] of ['accepted', 'released', 'modified', 'rejected'].entries()) {
    const heard = once(out, 'accepted', 'released', 'modified', 'rejected');
    out.send({body: i});
    const {event, delivery} = await heard;
    assert.strictEqual(event, name);
    if (name === 'rejected') {
      assert.strictEqual(delivery.remote_state.error.condition, 'own:error');
    }
  }
  assert.strictEqual(out.sendable(), false);
}

async function main() {
  const connection = await connect();
  const steps = {bodies, fields, outcomes, browsing, topics, requests, large, bursts, refusals, direct};
  for (const name of Object.keys(steps).filter(each => process.argv.length < 4 || process.argv.includes(each))) {
    try {
      await steps[name](connection);
    } catch (failure) {
      console.log(name + ': ' + failure.stack);
      process.exit(1);
    }
  }
  connection.close();
  await once(connection, 'connection_close');
  console.log('ok');
  process.exit(0);
}

main().catch(failure => {
  console.log(failure.stack);
  process.exit(1);
});
