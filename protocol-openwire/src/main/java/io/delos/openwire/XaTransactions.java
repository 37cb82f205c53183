package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.broker.XaException;
import io.delos.broker.XaException.Code;
import io.delos.broker.XaSession;
import io.delos.message.Xid;
import io.delos.openwire.Command.TransactionInfo;
import io.delos.openwire.Id.TransactionId;
import io.delos.openwire.Id.XaId;
import java.util.Map;
import java.util.Optional;

/**
 * What a client does in branches of distributed transactions; owned by its connection's loop. Branches are the broker's: what comes behind a
 * request waits for its answer. What was acknowledged in one that is rolled back stays with the client, as in a local transaction.
 */
final class XaTransactions {

    /** XA_OK. */
    private static final int PREPARED = 0;

    private final Member member;
    private final Map<TransactionId, Transactions.Open> open;

    XaTransactions(Member member, Map<TransactionId, Transactions.Open> open) {
        this.member = member;
        this.open = open;
    }

    private XaSession branches() {
        XaSession branches = member.session().xa();
        branches.keepDeliveries();
        return branches;
    }

    void receive(TransactionInfo info, XaId id) {
        Xid xid = id.xid();
        if (xid.global().length > Xid.LONGEST || xid.branch().length > Xid.LONGEST) {
            member.line().refuse(info.head(), OpenWireErrors.xa("the name of a branch is too long", Code.INVALID));
            return;
        }
        switch (info.kind()) {
            case TransactionInfo.BEGIN -> begin(info, id, xid);
            case TransactionInfo.END -> branches().end(xid, holding(member.line().answering(info.head())));
            case TransactionInfo.PREPARE -> branches().prepare(xid, holding(Reply.of(
                    done -> member.line().say(new Answer.Number(info.head().id(), PREPARED)), refusal -> refuse(info, id, refusal))));
            case TransactionInfo.COMMIT_ONE_PHASE, TransactionInfo.COMMIT_TWO_PHASE ->
                    branches().commit(xid, info.kind() == TransactionInfo.COMMIT_ONE_PHASE, holding(Reply.of(done -> {
                        Optional.ofNullable(open.remove(id)).ifPresent(Transactions.Open::committed);
                        member.line().done(info.head());
                    }, refusal -> refuse(info, id, refusal))));
            case TransactionInfo.ROLLBACK -> branches().rollback(xid, holding(Reply.of(done -> {
                rolledBack(id);
                member.line().done(info.head());
            }, refusal -> refuse(info, id, refusal))));
            default -> branches().forget(xid, holding(member.line().answering(info.head())));
        }
    }

    private <T> Reply<T> holding(Reply<T> answer) {
        return member.line().holding(answer);
    }

    /** Begins a branch, or goes on with one that others, or this client, have begun: the wire has one word for both. */
    private void begin(TransactionInfo info, XaId id, Xid xid) {
        branches().start(xid, 0, holding(Reply.of(work -> entered(info, id, work), refusal -> {
            if (refusal instanceof XaException xa && xa.code() == Code.DUPLICATE) {
                branches().join(xid, holding(Reply.of(work -> entered(info, id, work), refused -> member.line().refuse(info.head(), refused))));
            } else {
                member.line().refuse(info.head(), refusal);
            }
        })));
    }

    private void entered(TransactionInfo info, XaId id, Transaction work) {
        open.merge(id, new Transactions.Open(work), (before, fresh) -> before.in(work));
        member.line().done(info.head());
    }

    private void rolledBack(XaId id) {
        Optional.ofNullable(open.remove(id)).ifPresent(Transactions.Open::rolledBack);
    }

    private void refuse(TransactionInfo info, XaId id, BrokerException refusal) {
        if (refusal instanceof XaException xa && (xa.code() == Code.ROLLED_BACK || xa.code() == Code.UNKNOWN)) {
            rolledBack(id);
        }
        member.line().refuse(info.head(), refusal);
    }

    /** Tells which branches are prepared, whoever did that. */
    void recover(TransactionInfo info) {
        branches().recover(holding(Reply.of(found -> member.line().say(new Answer.Branches(info.head().id(), found)),
                refusal -> member.line().refuse(info.head(), refusal))));
    }
}
