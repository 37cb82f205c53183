package io.delos.management;

import io.delos.broker.XaAdministration;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Glance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Distributed transactions that wait for a decision, and what operators decide (management, section 2.2). Stateless. */
final class BrokerTransactionTable {

    private BrokerTransactionTable() {
    }

    static void declare(Table<Desk> table) {
        table.operation("String[] listPreparedTransactions()", (desk, given) -> Asking.<List<XaAdministration.Prepared>>of(
                        reply -> desk.broker().xa().prepared(desk.loop(), reply), all -> all.stream().map(BrokerTransactionTable::line).toList()))
                .operation("String listPreparedTransactionDetailsAsJSON()", (desk, given) -> Asking.<List<XaAdministration.Details>>of(
                        reply -> desk.broker().xa().details(desk.loop(), reply), all -> all.isEmpty() ? ""
                                : Json.text(all.stream().map(details -> shown(desk, details)).toList())))
                .operation("boolean commitPreparedTransaction(String transactionAsBase64)", (desk, given) -> Asking.<Boolean>of(
                        reply -> desk.broker().xa().commit(given.text(0), desk.loop(), reply), found -> found))
                .operation("boolean rollbackPreparedTransaction(String transactionAsBase64)", (desk, given) -> Asking.<Boolean>of(
                        reply -> desk.broker().xa().rollback(given.text(0), desk.loop(), reply), found -> found))
                .immediate("String[] listHeuristicCommittedTransactions()", (desk, given) -> desk.broker().xa().heuristicallyCommitted())
                .immediate("String[] listHeuristicRolledBackTransactions()", (desk, given) -> desk.broker().xa().heuristicallyRolledBack());
    }

    private static String line(XaAdministration.Prepared branch) {
        Xid xid = branch.xid();
        return MessageCounters.time(branch.since()) + " base64: " + xid.base64() + " Xid (bq:" + numbers(xid.branch()) + " formatID:" + xid.format()
                + " gtxid:" + numbers(xid.global()) + " base64:" + xid.base64() + ")";
    }

    private static String numbers(byte[] bytes) {
        List<String> each = new ArrayList<>();
        for (byte one : bytes) {
            each.add(Byte.toString(one));
        }
        return String.join(".", each);
    }

    private static Map<String, Object> shown(Desk desk, XaAdministration.Details details) {
        Xid xid = details.branch().xid();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("creation_time", MessageCounters.time(details.branch().since()));
        shown.put("xid_as_base64", xid.base64());
        shown.put("xid_format_id", xid.format());
        shown.put("xid_global_txid", new String(xid.global(), StandardCharsets.UTF_8));
        shown.put("xid_branch_qual", new String(xid.branch(), StandardCharsets.UTF_8));
        shown.put("tx_related_messages", details.work().stream().map(work -> shown(desk, work)).toList());
        return shown;
    }

    private static Map<String, Object> shown(Desk desk, XaAdministration.Work work) {
        Message message = work.message();
        int limit = desk.broker().settingsFor(message.address()).observation().attributeSizeLimit();
        MessageView view = MessageView.of(desk.broker(), new Glance.Seen(0, message, 0, 0, Optional.empty()), limit);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("message_operation_type", work.sent() ? "(+) send" : "(-) receive");
        shown.put("message_type", view.kind());
        shown.put("message_properties", view.flat());
        return shown;
    }
}
