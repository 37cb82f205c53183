// What pages do with the browser builds of "@stomp/stompjs", "mqtt" and "rhea", and with bare sockets. Each function returns what the test asks
// for, or fails with what went wrong.
'use strict';
(() => {
  const MIB = 1 << 20;

  function check(condition, what) {
    if (!condition) {
      throw new Error(what);
    }
  }

  function same(found, expected, what) {
    check(JSON.stringify(found) === JSON.stringify(expected), what + ': ' + JSON.stringify(found) + ' instead of ' + JSON.stringify(expected));
  }

  /** So many bytes, of all values. */
  function bytes(count) {
    return Uint8Array.from({length: count}, (none, i) => i % 251 + i / 251 & 255);
  }

  function sameBytes(found, expected, what) {
    check(found.length === expected.length && expected.every((each, i) => each === found[i]), what + ': other bytes came, ' + found.length);
  }

  /** Text of about so many bytes in UTF-8, in characters of one to four. */
  function text(count) {
    return 'aü€😀'.repeat(count / 10);
  }

  /** Events become values one waits for, in their order. */
  function inbox() {
    const come = [];
    const wanted = [];
    return {
      put: each => wanted.length > 0 ? wanted.shift()(each) : come.push(each),
      take: () => come.length > 0 ? Promise.resolve(come.shift()) : new Promise(resolve => wanted.push(resolve))
    };
  }

  // ---- STOMP

  /** A client that is connected, or the frame or event that said it is not to be. */
  function stompClient({url, version, user, password, split}) {
    return new Promise(resolve => {
      const client = new StompJs.Client({
        brokerURL: url,
        stompVersions: new StompJs.Versions([version || '1.2']),
        connectHeaders: {login: user, passcode: password},
        splitLargeFrames: !!split,
        reconnectDelay: 0,
        onConnect: frame => resolve({client, frame}),
        onStompError: error => resolve({client, error}),
        onWebSocketClose: closed => resolve({client, closed})
      });
      client.activate();
    });
  }

  let receipts = 0;

  /** Until the broker has what this sends. */
  function confirmed(client, act) {
    const receipt = 'r' + ++receipts;
    return new Promise(resolve => {
      client.watchForReceipt(receipt, resolve);
      act(receipt);
    });
  }

  const publish = (client, message) => confirmed(client, receipt =>
    client.publish(Object.assign({}, message, {headers: Object.assign({receipt}, message.headers)})));

  async function stompSubscribe(client, destination, headers) {
    const come = inbox();
    await confirmed(client, receipt => client.subscribe(destination, come.put, Object.assign({receipt}, headers)));
    return come;
  }

  async function stomp(args) {
    const {client, frame, error} = await stompClient(args);
    check(frame, 'no connection: ' + error);
    const ended = new Promise((resolve, reject) => {
      client.onWebSocketClose = closed => reject(new Error('the socket was closed with ' + closed.code));
      client.onStompError = each => reject(new Error(each.headers.message));
    });
    return Promise.race([ended, stompConversation(args, client, frame)]);
  }

  async function stompConversation(args, client, frame) {
    same(frame.headers.version, args.version || '1.2', 'version');
    const destination = args.destination;
    const come = await stompSubscribe(client, destination, {ack: 'client-individual'});
    const sent = [
      {destination, body: 'grüße €😀', headers: {note: args.version === '1.2' ? 'a: b' : 'note'}},
      {destination, body: ''},
      {destination, binaryBody: bytes(1000), headers: {'content-type': 'application/octet-stream'}},
      // this client cuts what it splits also within a character of two units, which are then others
      {destination, body: args.split ? 'aü€'.repeat(MIB / 6) : text(args.large ? MIB : 1000)}
    ].concat(args.large && !args.split ? [{destination, binaryBody: bytes(MIB), headers: {'content-type': 'application/octet-stream'}}] : []);
    for (const message of sent) {
      await publish(client, message);
      const got = await come.take();
      if (message.binaryBody) {
        sameBytes(got.binaryBody, message.binaryBody, 'body');
      } else {
        check(got.body === message.body, 'other text came, of ' + got.body.length);
      }
      if (message.headers && message.headers.note) {
        same(got.headers.note, message.headers.note, 'header');
      }
      await confirmed(client, receipt => got.ack({receipt}));
    }
    const transaction = client.begin();
    client.publish({destination, body: 'undone', headers: {transaction: transaction.id}});
    transaction.abort();
    await publish(client, {destination, body: 'kept unsettled'});
    same((await come.take()).body, 'kept unsettled', 'what was aborted');
    return client.webSocket.protocol;
  }

  async function stompRefused(args) {
    const {error} = await stompClient(args);
    return error ? error.headers.message : 'no error';
  }

  /** How the socket of a client ends that sends so much at once. */
  async function stompTooMuch(args) {
    const {client, frame} = await stompClient(args);
    check(frame, 'no connection');
    const ended = inbox();
    client.onWebSocketClose = ended.put;
    client.publish({destination: args.destination, body: text(args.size)});
    return (await ended.take()).code;
  }

  // ---- MQTT

  function mqttClient({url, version, user, password, more}) {
    return mqtt.connectAsync(url, Object.assign({protocolVersion: version, protocolId: version === 3 ? 'MQIsdp' : 'MQTT', username: user, password,
      clientId: 'page' + Math.random().toString(36).slice(2), reconnectPeriod: 0}, more));
  }

  async function mqttSubscribe(client, topic, qos) {
    const come = inbox();
    client.on('message', (name, payload, packet) => come.put({topic: name, payload, qos: packet.qos, retain: packet.retain}));
    const granted = await client.subscribeAsync(topic, {qos});
    same(granted[0].qos, qos, 'granted');
    return come;
  }

  async function mqttConversation(args) {
    const client = await mqttClient(args);
    const come = await mqttSubscribe(client, args.topic + '/#', 2);
    for (const qos of [0, 1, 2]) {
      await client.publishAsync(args.topic + '/' + qos, 'grüße €😀', {qos});
      const got = await come.take();
      same([got.topic, got.payload.toString(), got.qos], [args.topic + '/' + qos, 'grüße €😀', qos], 'message');
    }
    for (const size of [0, 1000].concat(args.large ? [MIB] : [])) {
      await client.publishAsync(args.topic + '/bytes', bytes(size), {qos: 1});
      sameBytes((await come.take()).payload, bytes(size), 'payload');
    }
    await client.publishAsync(args.topic + '/kept', 'kept', {qos: 1, retain: true});
    await come.take();
    const late = await mqttSubscribe(await mqttClient(args), args.topic + '/kept', 1);
    same((await late.take()).retain, true, 'retain');
    const protocol = client.stream.socket.protocol;
    await client.endAsync();
    return protocol;
  }

  async function mqttRefused(args) {
    return mqttClient(args).then(() => 'no error', error => error.code);
  }

  // ---- AMQP

  /** The next of these events; others that tell of an end are failures. */
  function once(emitter, ...names) {
    return new Promise((resolve, reject) => {
      const ends = ['connection_error', 'disconnected', 'sender_error', 'receiver_error'];
      const heard = new Map(names.concat(ends).map(name => [name, context => {
        heard.forEach((listener, each) => emitter.removeListener(each, listener));
        if (names.includes(name)) {
          resolve(Object.assign({event: name}, context));
        } else {
          reject(new Error(name + ': ' + (context.error || (context[name.split('_')[0]] || {}).error)));
        }
      }]));
      heard.forEach((listener, each) => emitter.on(each, listener));
    });
  }

  async function amqpConnection({url, protocols, user, password}) {
    const container = rheaUmd.create_container ? rheaUmd.create_container() : rheaUmd;
    let socket;
    const connect = container.websocket_connect(function (address, names) {
      socket = new WebSocket(address, names);
      return socket;
    });
    const connection = container.connect({connection_details: connect(url, protocols || ['amqp']), username: user, password, reconnect: false});
    await once(connection, 'connection_open');
    return {connection, socket};
  }

  async function amqpSender(connection, address, capability) {
    const sender = connection.open_sender({target: {address, capabilities: [capability]}});
    await once(sender, 'sendable');
    return message => {
      sender.send(message);
      return once(sender, 'accepted');
    };
  }

  async function amqpReceiver(connection, address, capability, credit) {
    const come = inbox();
    const receiver = connection.open_receiver({source: {address, capabilities: [capability]}, credit_window: credit, autoaccept: false});
    receiver.on('message', come.put);
    await once(receiver, 'receiver_open');
    return come;
  }

  async function amqp(args) {
    const {connection, socket} = await amqpConnection(args);
    const send = await amqpSender(connection, args.address, 'queue');
    const come = await amqpReceiver(connection, args.address, 'queue', 10);
    for (const body of ['grüße €😀', 1.5, [1, 'two'], {a: 1}, text(args.large ? MIB : 1000)]) {
      await send({body, application_properties: {note: 'n'}});
      const {message, delivery} = await come.take();
      same(message.application_properties, {note: 'n'}, 'properties');
      same(message.body, body, 'body');
      delivery.accept();
    }
    for (const size of [0, 1000].concat(args.large ? [MIB] : [])) {
      await send({body: rheaUmd.message.data_section(bytes(size))});
      const {message, delivery} = await come.take();
      sameBytes(message.body.content, bytes(size), 'bytes');
      delivery.accept();
    }
    await send({body: 'kept unsettled', durable: true});
    await come.take();
    return {protocol: socket.protocol, frame: connection.max_frame_size};
  }

  async function amqpRefused(args) {
    return amqpConnection(args).then(() => 'no error', error => error.message);
  }

  // ---- all three

  /** Each says something to a topic that all hear. */
  async function together(args) {
    const stompSide = (await stompClient(Object.assign({}, args, {version: '1.2'}))).client;
    const mqttSide = await mqttClient(Object.assign({}, args, {version: 5}));
    const amqpSide = (await amqpConnection(args)).connection;
    const ears = {
      stomp: (come => async () => (await come.take()).body)(await stompSubscribe(stompSide, args.topic, {'subscription-type': 'MULTICAST'})),
      mqtt: (come => async () => (await come.take()).payload.toString())(await mqttSubscribe(mqttSide, args.topic, 1)),
      amqp: (come => async () => (await come.take()).message.body)(await amqpReceiver(amqpSide, args.topic, 'topic', 10))
    };
    const send = await amqpSender(amqpSide, args.topic, 'topic');
    await publish(stompSide, {destination: args.topic, body: 'from stömp', headers: {'destination-type': 'MULTICAST'}});
    await mqttSide.publishAsync(args.topic, 'from mqtt', {qos: 1});
    await send({body: 'from amqp'});
    const heard = {};
    for (const name of Object.keys(ears)) {
      heard[name] = [await ears[name](), await ears[name](), await ears[name]()].map(each => typeof each === 'string' ? each
        : new TextDecoder().decode(each.content || each));
    }
    return heard;
  }

  /** Leaves everything open: the page is closed behind it. */
  async function leaves(args) {
    const mqttSide = await mqttClient(Object.assign({}, args, {version: 5, more: {will: {topic: args.will, payload: 'gone', qos: 1}}}));
    await mqttSide.subscribeAsync(args.will + '/other', {qos: 1});
    const {client} = await stompClient(args);
    const come = await stompSubscribe(client, args.destination, {ack: 'client-individual'});
    return (await come.take()).body;
  }

  // ---- sockets

  /** What a bare socket hears: the protocol agreed on, whether frames were text, how it ended. */
  function socket({url, protocols, send, asText, keep}) {
    return new Promise(resolve => {
      const heard = {protocol: null, text: 0, binary: 0, code: 0};
      const web = new WebSocket(url, protocols);
      web.binaryType = 'arraybuffer';
      web.onopen = () => {
        heard.protocol = web.protocol;
        (send || []).forEach(each => web.send(asText ? each : new TextEncoder().encode(each)));
        if (!send) {
          web.close();
        }
      };
      web.onmessage = event => {
        heard[typeof event.data === 'string' ? 'text' : 'binary']++;
        if (keep) {
          web.close();
        }
      };
      web.onclose = event => resolve(Object.assign(heard, {code: event.code}));
    });
  }

  window.clients = {stomp, stompRefused, stompTooMuch, mqtt: mqttConversation, mqttRefused, amqp, amqpRefused, together, leaves, socket};
})();
