package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.ConformanceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code docs/openwire.md} and the tests that show what it promises name each other, and it leaves no command out. */
class ConformanceTest {

    /** Classes all of whose tests the tables name. */
    private static final Set<Class<?>> CHAPTERS = Set.of(AdvisoryIT.class, BadInputIT.class, ClusterIT.class, VirtualTopicIT.class, ConnectionIT.class, FeaturesIT.class, FlowIT.class, OldClientsIT.class, JmsAcknowledgeIT.class, JmsDestinationsIT.class,
            JmsMessagesIT.class, JmsXaIT.class, RestartIT.class, ScheduleIT.class, SecurityIT.class);

    /** What the protocol's types of commands are called, in their order. */
    private static final List<String> COMMANDS = List.of("WireFormatInfo", "BrokerInfo", "ConnectionInfo", "SessionInfo", "ConsumerInfo", "ProducerInfo",
            "TransactionInfo", "DestinationInfo", "RemoveSubscriptionInfo", "KeepAliveInfo", "ShutdownInfo", "RemoveInfo", "ControlCommand", "FlushCommand",
            "ConnectionError", "ConsumerControl", "ConnectionControl", "ProducerAck", "MessagePull", "MessageDispatch", "MessageAck", "messages of all kinds",
            "Response, IntegerResponse, DataArrayResponse", "ExceptionResponse", "MessageDispatchNotification", "BrokerSubscriptionInfo");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("../docs/openwire.md"));
    }

    private static List<String> rows(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("| ") && !line.endsWith("| Shown by |")).toList();
    }

    private static ConformanceTable table() throws IOException {
        return new ConformanceTable(ConformanceTest.class, rows(lines()), CHAPTERS);
    }

    @Test
    void noCommandIsLeftOut() throws IOException {
        List<String> all = lines();
        assertThat(rows(all.subList(all.indexOf("## Commands"), all.indexOf("## Acknowledgements")))).map(row -> row.split(" \\| ")[0].substring(2))
                .isEqualTo(COMMANDS);
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
        ConformanceTable.eachIsShown(rows(lines()));
    }
}
