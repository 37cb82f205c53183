package io.delos.direct;

import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import java.util.Optional;

/**
 * A producer that sends as it is given credit. Owned by the address's loop. Credit is told as a limit: how many messages in all, since it came,
 * the producer may have sent. So neither side has to know what is under way when it goes up or down.
 */
public final class Inlet {

    /** The producer; called on its loop. */
    public interface Producer {

        /** It may have sent so many messages since it came; perhaps fewer than was said before. */
        void limit(long messages);

        /** The address is gone: there will be no credit any more. */
        void gone();
    }

    private final Loop loop;
    private final Producer producer;
    private final CreditBook.Account account;
    private long told;

    /**
     * @param type     the routing type of all that it sends; empty if messages say that themselves, or go to both
     * @param most     messages that it may have credit for at once
     * @param producer called on {@code loop}
     */
    public Inlet(Optional<RoutingType> type, int most, Loop loop, Producer producer) {
        this.loop = loop;
        this.producer = producer;
        boolean anycast = type.isEmpty() || type.get() == RoutingType.ANYCAST;
        boolean multicast = type.isEmpty() || type.get() == RoutingType.MULTICAST;
        this.account = new CreditBook.Account(anycast, multicast, most);
    }

    CreditBook.Account account() {
        return account;
    }

    /** Tells the producer what changed. */
    void tell() {
        long limit = account.limit();
        if (limit != told) {
            told = limit;
            loop.post(() -> producer.limit(limit));
        }
    }

    void gone() {
        loop.post(producer::gone);
    }
}
