package io.delos.mqtt;

import io.delos.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The ledgers of a broker's loops. Any thread. */
final class Ledgers {

    private final Map<Loop, Ledger> byLoop = new ConcurrentHashMap<>();
    private final Ledger.Crowd crowd = new Ledger.Crowd();

    /** The ledger of a loop, which alone may look into it. */
    Ledger of(Loop loop) {
        return byLoop.computeIfAbsent(loop, first -> new Ledger(crowd));
    }

    Ledger.Crowd crowd() {
        return crowd;
    }

    /** What is asked of a ledger, on its loop, which is named. */
    interface Question<T> {
        T ask(Ledger ledger, Loop loop);
    }

    /** Asks each ledger on its own loop; the answers, in no order, come on {@code home}, never before this returns. */
    <T> void ask(Question<T> question, Loop home, Consumer<List<T>> answers) {
        Map<Loop, Ledger> asked = Map.copyOf(byLoop);
        List<T> all = new ArrayList<>(asked.size());
        if (asked.isEmpty()) {
            home.post(() -> answers.accept(all));
        }
        asked.forEach((loop, ledger) -> loop.post(() -> {
            T answer = question.ask(ledger, loop);
            home.post(() -> {
                all.add(answer);
                if (all.size() == asked.size()) {
                    answers.accept(all);
                }
            });
        }));
    }
}
