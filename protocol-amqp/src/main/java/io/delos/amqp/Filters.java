package io.delos.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;

/**
 * The filters of a source that this broker knows (AMQP document, section 6).
 *
 * @param selector  in the names all dialects share; empty for none
 * @param noLocal   whether the client's own messages are to be left out
 * @param honoured  the filters understood, under the client's own keys: what the reply states
 */
record Filters(String selector, boolean noLocal, Map<Symbol, Object> honoured) {

    private static final UnsignedLong SELECTOR_CODE = UnsignedLong.valueOf(0x468C_0000_0004L);
    private static final UnsignedLong NO_LOCAL_CODE = UnsignedLong.valueOf(0x468C_0000_0003L);
    private static final Symbol SELECTOR_NAME = Symbol.valueOf("apache.org:selector-filter:string");
    private static final Symbol NO_LOCAL_NAME = Symbol.valueOf("apache.org:no-local-filter:list");

    /** A selector as a source's filter. */
    private record SelectorFilter(String text) implements DescribedType {
        @Override
        public Object getDescriptor() {
            return SELECTOR_CODE;
        }

        @Override
        public Object getDescribed() {
            return text;
        }
    }

    static Filters of(Map<?, ?> asked) {
        String selector = "";
        boolean noLocal = false;
        Map<Symbol, Object> honoured = new LinkedHashMap<>();
        if (asked != null) {
            for (Map.Entry<?, ?> entry : asked.entrySet()) {
                if (!(entry.getValue() instanceof DescribedType)) {
                    continue;
                }
                DescribedType filter = (DescribedType) entry.getValue();
                boolean isSelector = is(filter, SELECTOR_CODE, SELECTOR_NAME) && filter.getDescribed() instanceof String;
                boolean isNoLocal = is(filter, NO_LOCAL_CODE, NO_LOCAL_NAME);
                if (isSelector) {
                    selector = Selectors.toCore((String) filter.getDescribed());
                }
                noLocal |= isNoLocal;
                if (isSelector || isNoLocal) {
                    honoured.put(Symbol.valueOf(String.valueOf(entry.getKey())), filter);
                }
            }
        }
        return new Filters(selector, noLocal, honoured);
    }

    private static boolean is(DescribedType filter, UnsignedLong code, Symbol name) {
        return code.equals(filter.getDescriptor()) || name.equals(filter.getDescriptor());
    }

    /** The filter of an existing queue as a source states it. */
    static Map<Symbol, Object> stating(String filter) {
        return filter.isEmpty() ? Map.of() : Map.of(SELECTOR_NAME, new SelectorFilter(filter));
    }

    /** What a topic subscription of this container takes. */
    String subscriptionFilter(String containerId) {
        return noLocal ? Selectors.withoutOwn(selector, containerId) : selector;
    }
}
