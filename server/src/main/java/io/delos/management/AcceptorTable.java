package io.delos.management;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What can be read of and asked of one acceptor (management, section 5). Stateless. */
final class AcceptorTable {

    static final Table<Target> TABLE = new Table<>("acceptor");

    /** An acceptor, and what is needed to manage it. */
    record Target(Desk desk, ManagedAcceptor acceptor) { }

    static {
        TABLE.attribute("String Name", target -> target.acceptor().name())
                .attribute("String FactoryClassName", target -> target.acceptor().factory())
                .attribute("Map Parameters", target -> target.acceptor().parameters())
                .attribute("boolean Started", target -> target.acceptor().started());
        TABLE.operation("void start()", (target, given) -> work(target, () -> {
            target.acceptor().start();
            return null;
        })).operation("void stop()", (target, given) -> work(target, () -> {
            target.acceptor().stop();
            return null;
        })).operation("void reload()", (target, given) -> work(target, () -> {
            if (target.acceptor().started()) {
                target.acceptor().stop();
                target.acceptor().start();
            }
            return null;
        }));
    }

    private AcceptorTable() {
    }

    /** One at a time, whoever asks: it blocks, and an acceptor is started and stopped by one thread. */
    private static CompletableFuture<Object> work(Target target, Asking.Task task) {
        return Asking.on(target.desk().broker().workers(), () -> {
            synchronized (target.acceptor()) {
                return task.run();
            }
        });
    }

    static Map<String, Object> describe(ManagedAcceptor acceptor) {
        Map<String, Object> shown = new java.util.LinkedHashMap<>();
        shown.put("name", acceptor.name());
        shown.put("factoryClassName", acceptor.factory());
        shown.put("params", acceptor.parameters());
        shown.put("extraProps", Map.of());
        return shown;
    }
}
