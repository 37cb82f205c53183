# Whole conversations with the Ruby client "stomp", in every version. Prints "ok" and ends with 0, or says what went wrong.
require 'stomp'
require 'timeout'

# as many as a subscription is sent before it acknowledges
COUNT = 20
port = Integer(ARGV[0])

def check(condition, what)
  raise what unless condition
end

def converse(version, port)
  headers = {'accept-version' => version, 'host' => 'localhost'}
  headers['heart-beat'] = '5000,5000' unless version == '1.0'
  connection = Stomp::Connection.new(hosts: [{login: 'user', passcode: 'secret', host: '127.0.0.1', port: port}],
                                     connect_headers: headers, reliable: false)
  check(connection.protocol == version, "speaks #{connection.protocol}, not #{version}")
  queue = "/queue/ruby#{version}"
  connection.subscribe(queue, {'ack' => 'client'}, 'sub')
  # this client takes a backslash before a c for an escape even when the backslash itself was escaped
  note = version == '1.0' ? 'a:b' : "a:b\\ \nd"
  COUNT.times { |i| connection.publish(queue, "grüße #{i}", {'persistent' => 'true', 'note' => note}) }
  last = nil
  COUNT.times do |i|
    last = connection.receive
    check(last.body.dup.force_encoding('UTF-8') == "grüße #{i}", "message #{i} is #{last.body}")
    check(last.headers['note'] == note, "its note is #{last.headers['note']}")
  end
  acknowledge(connection, version, last)

  connection.begin('t1')
  connection.publish(queue, 'never', {'transaction' => 't1'})
  connection.abort('t1')
  connection.begin('t2')
  connection.publish(queue, 'in a transaction', {'transaction' => 't2'})
  connection.commit('t2')
  message = connection.receive
  check(message.body == 'in a transaction', "the transaction's message is #{message.body}")
  unless version == '1.0'
    connection.nack(message.headers[version == '1.2' ? 'ack' : 'message-id'], {'subscription' => 'sub'})
    message = connection.receive
    check(message.headers['redelivered'] == 'true', 'it does not come again')
  end
  acknowledge(connection, version, message)

  connection.publish(queue, "\0\1\2\0", {'content-length' => '4'})
  message = connection.receive
  check(message.body.bytes == [0, 1, 2, 0], "the bytes are #{message.body.bytes}")
  connection.unsubscribe(queue, {}, 'sub')
  connection.disconnect({'receipt' => 'bye'})
  check(connection.disconnect_receipt.headers['receipt-id'] == 'bye', 'no farewell')
end

def acknowledge(connection, version, message)
  connection.ack(message.headers[version == '1.2' ? 'ack' : 'message-id'], {'subscription' => 'sub'})
end

Timeout.timeout(40) { ['1.0', '1.1', '1.2'].each { |version| converse(version, port) } }
puts 'ok'
