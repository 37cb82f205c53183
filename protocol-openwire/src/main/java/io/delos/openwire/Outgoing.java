package io.delos.openwire;

import io.delos.broker.Repetition;
import io.delos.broker.Reply;
import io.delos.message.Message;
import java.util.Optional;

/** A message on its way to the broker, and who waits for it to arrive. */
record Outgoing(WireDestination destination, Message message, Optional<Repetition> repetition, Optional<Transactions.Open> transaction,
                Reply<Void> answer) { }
