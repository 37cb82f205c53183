package io.delos.management;

import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.queue.Sweep;
import io.delos.selector.InvalidSelectorException;
import io.delos.selector.Selector;

/** Which messages an operation means. Stateless. */
final class Choices {

    private Choices() {
    }

    /** The one with this id. */
    static Sweep.Choice id(long wanted) {
        return new Sweep.Choice() {
            @Override
            public boolean mayBe(long messageId) {
                return messageId == wanted;
            }

            @Override
            public boolean takes(Message message) {
                return true;
            }
        };
    }

    /** All that pass a filter; an empty one lets all pass. */
    static Sweep.Choice filter(String filter, Formats formats) {
        if (filter.isBlank()) {
            return message -> true;
        }
        Selector selector = selector(filter);
        return message -> selector.matches(name -> formats.property(message, name));
    }

    /** The filter, or the sentence that it is none. */
    static Selector selector(String filter) {
        try {
            return Selector.parse(filter);
        } catch (InvalidSelectorException invalid) {
            throw new ManagementException("AMQ229020: Invalid filter: " + filter);
        }
    }
}
