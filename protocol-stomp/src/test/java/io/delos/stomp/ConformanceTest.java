package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.ConformanceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/stomp-conformance.md} and the tests that show what it promises name each other, and it leaves no statement out. */
class ConformanceTest {

    /** Classes all of whose tests the table names. */
    private static final Set<Class<?>> CHAPTERS = Set.of(ConversationIT.class, DeliveryIT.class, SettlingIT.class, ExtensionsIT.class, AuthIT.class,
            MalformedIT.class, LargeIT.class, TransportIT.class, ForeignClientsIT.class, StompFuzzIT.class, StompCodecTest.class, HeartBeatTest.class);
    private static final Pattern NUMBER = Pattern.compile("\\| ([A-Z][a-z-]+-\\d+) \\|.*");

    /** How many statements each section has. */
    private static final String STATEMENTS = "Conformance=1 Frames=3 Encoding=5 Body=1 Content-length=3 Content-type=3 Receipt=1 Repeated=1 Size=2 Lingering=1"
            + " Connect=8 Connected=3 Negotiation=3 Heart-beat=7 Commands=1 Send=5 Subscribe=6 Ack-mode=5 Unsubscribe=2 Ack=3 Nack=3 Begin=3 Commit=1 Abort=1"
            + " Disconnect=2 Message=7 Receipt-frame=2 Error=4";

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("../docs/stomp-conformance.md"));
    }

    private static List<String> rows() throws IOException {
        return lines().stream().filter(line -> line.startsWith("| ") && !line.startsWith("| Statement") && !line.startsWith("| Where")
                && !line.startsWith("| ERROR |")).toList();
    }

    private static ConformanceTable table() throws IOException {
        return new ConformanceTable(ConformanceTest.class, lines(), CHAPTERS);
    }

    @Test
    void noStatementIsLeftOut() throws IOException {
        List<String> expected = new ArrayList<>();
        for (String section : STATEMENTS.split(" ")) {
            String[] parts = section.split("=");
            for (int number = 1; number <= Integer.parseInt(parts[1]); number++) {
                expected.add(parts[0] + "-" + number);
            }
        }
        List<String> all = lines();
        assertThat(all.subList(all.indexOf("## STOMP 1.2"), all.indexOf("## STOMP 1.1 and 1.0")).stream().map(NUMBER::matcher).filter(Matcher::matches)
                .map(row -> row.group(1))).isEqualTo(expected);
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
