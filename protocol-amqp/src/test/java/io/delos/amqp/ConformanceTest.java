package io.delos.amqp;

import io.delos.server.ConformanceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code docs/amqp-conformance.md} and the tests that show what it promises name each other. */
class ConformanceTest {

    /** Classes all of whose tests the table names. */
    private static final Set<Class<?>> CHAPTERS = Set.of(AmqpOpenIT.class, AmqpSessionIT.class, AmqpSendIT.class, AmqpReceiveIT.class, AmqpLinkIT.class, AmqpResumeIT.class,
            AmqpResumeSenderIT.class, AmqpWrapIT.class, AmqpTransactionIT.class, AmqpIdleIT.class, SaslIT.class, ExternalIT.class, OutboxTest.class, AmqpAddressIT.class, AmqpMessageIT.class,
            ManagementNodeIT.class);

    private static List<String> rows() throws IOException {
        return Files.readAllLines(Path.of("../docs/amqp-conformance.md")).stream()
                .filter(line -> line.matches("\\| ([2-5]\\.\\d|(Links|Addresses|Messages|Transactions|Management) ).*")).toList();
    }

    private static ConformanceTable table() throws IOException {
        return new ConformanceTable(ConformanceTest.class, rows(), CHAPTERS);
    }

    @Test
    void whatIsNamedIsThere() throws IOException {
        table().namesWhatIsThere();
    }

    @Test
    void everyTestOfTheChaptersIsNamed() throws IOException {
        table().namesAllOfItsChapters();
    }

    @Test
    void everyRowNamesATestOrSaysWhyNot() throws IOException {
        ConformanceTable.eachIsShown(rows());
    }
}
