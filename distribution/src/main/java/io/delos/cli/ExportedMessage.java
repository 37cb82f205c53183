package io.delos.cli;

import io.delos.core.RawMessage;
import java.util.List;
import java.util.Optional;

/**
 * A message in an export.
 *
 * @param id what its broker called it
 * @param queues the names of the queues that hold it
 * @param address where it was sent, if that is not the address of its first queue
 */
record ExportedMessage(long id, RawMessage message, List<String> queues, Optional<String> address) {
}
