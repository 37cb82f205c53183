package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transaction.TransactionErrors;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/** The connection's open transactions, which any of its sessions may use (AMQP document, section 10). Owned by the connection's loop. */
final class Transactions {

    /** In a flow's properties: the transaction within which messages are to be handed out (part 4 §4.4.3). */
    private static final Symbol ID = Symbol.valueOf("txn-id");

    private final Map<Binary, OpenTransaction> open = new HashMap<>();

    /** Begins one; its id is 32 ASCII characters, the longest there may be. */
    Binary declare(AmqpSession owner, CoordinatorLink link) {
        String name = UUID.randomUUID().toString().replace("-", "");
        Binary id = new Binary(name.getBytes(StandardCharsets.US_ASCII));
        open.put(id, new OpenTransaction(id, owner, link));
        return id;
    }

    /** The open one of this id. */
    OpenTransaction find(Binary id) throws BrokerException {
        OpenTransaction found = open.get(id);
        if (found == null) {
            throw new BrokerException(Reason.TRANSACTION_STATE, "AMQ119014: Transaction not found: xid=" + id);
        }
        return found;
    }

    /** The one that a delivery's state belongs to; empty for a state outside of transactions. */
    Optional<OpenTransaction> of(DeliveryState state) throws BrokerException {
        return state instanceof TransactionalState ? Optional.of(find(((TransactionalState) state).getTxnId())) : Optional.empty();
    }

    /** As {@link #of}, but empty for one that is unknown, too. */
    Optional<OpenTransaction> known(DeliveryState state) {
        return state instanceof TransactionalState ? Optional.ofNullable(open.get(((TransactionalState) state).getTxnId())) : Optional.empty();
    }

    /** The one that a flow names in its properties; empty if it names none. */
    Optional<OpenTransaction> of(Map<?, ?> properties) throws BrokerException {
        Object id = properties == null ? null : properties.get(ID);
        return id instanceof Binary ? Optional.of(find((Binary) id)) : Optional.empty();
    }

    /** The condition of a transaction that isn't there. */
    static ErrorCondition unknown(BrokerException refusal) {
        return new ErrorCondition(TransactionErrors.UNKNOWN_ID, refusal.getMessage());
    }

    /** The open one of this id, which is no longer to be found after. */
    OpenTransaction remove(Binary id) throws BrokerException {
        OpenTransaction found = find(id);
        open.remove(id);
        return found;
    }

    /** The link is gone: what was declared on it is rolled back. */
    void forget(CoordinatorLink link) {
        List<OpenTransaction> orphans = new ArrayList<>(0);
        open.values().removeIf(transaction -> transaction.declaredOn() == link && orphans.add(transaction));
        orphans.forEach(transaction -> transaction.discharge(true, Reply.ignored()));
    }

    /** The session is over: what it began is rolled back with it. */
    void forget(AmqpSession owner) {
        open.values().removeIf(transaction -> transaction.owner() == owner);
    }
}
