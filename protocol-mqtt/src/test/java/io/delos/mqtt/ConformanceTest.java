package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.ConformanceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/mqtt-conformance.md} and the tests that show what it promises name each other, and it leaves no statement out. */
class ConformanceTest {

    /** Classes all of whose tests the table names. */
    private static final Set<Class<?>> CHAPTERS = Set.of(ConnectIT.class, PublishIT.class, SubscribeIT.class, EnhancedAuthIT.class, WebSocketIT.class,
            MalformedIT.class, SessionIT.class, RetainedIT.class, DeliveryIT.class, AuthIT.class, V5IT.class, PahoIT.class, BegunIT.class, LargeIT.class);
    private static final Pattern NUMBER = Pattern.compile("\\| MQTT-([0-9.]+)-(\\d+) \\|.*");

    /** How many statements each section has; where the standard's count does not begin with 1 or leaves one out, the numbers it has. */
    private static final String FIVE = "1.5.4=3 1.5.5=1 1.5.7=1 2.1.3=1 2.2.1=2,3,4,5,6 2.2.2=1 3.1.0=2 3.1.2=30 3.1.3=12 3.1.4=6 3.2.0=2 3.2.2=22 3.3.1=13"
            + " 3.3.2=20 3.3.4=10 3.4.2=3 3.5.2=3 3.6.1=1 3.6.2=3 3.7.2=3 3.8.1=1 3.8.3=5 3.8.4=8 3.9.2=2 3.9.3=2 3.10.1=1 3.10.3=2 3.10.4=6 3.11.2=2"
            + " 3.11.3=2 3.12.4=1 3.14.0=1 3.14.1=1 3.14.2=4 3.14.4=3 3.15.1=1 3.15.2=3 4.1.0=2 4.2.0=1 4.3.1=1 4.3.2=5 4.3.3=13 4.4.0=2 4.5.0=2 4.6.0=6"
            + " 4.7.0=1 4.7.1=2 4.7.2=1 4.7.3=4 4.8.2=6 4.9.0=3 4.12.0=7 4.12.1=2 4.13.1=1 4.13.2=1 6.0.0=4";
    private static final String THREE = "1.5.3=3 2.2.2=2 2.3.1=7 3.1.0=2 3.1.2=24 3.1.3=11 3.1.4=5 3.2.0=1 3.2.2=6 3.3.1=12 3.3.2=3 3.3.4=1 3.3.5=2 3.6.1=1"
            + " 3.8.1=1 3.8.3=4 3.8.4=6 3.9.3=2 3.10.1=1 3.10.3=2 3.10.4=6 3.12.4=1 3.14.1=1 3.14.4=3 4.1.0=2 4.3.1=1 4.3.2=2 4.3.3=2 4.4.0=1 4.5.0=2"
            + " 4.6.0=6 4.7.1=3 4.7.2=1 4.7.3=4 4.8.0=2 6.0.0=4 7.0.0=2 7.1.1=1 7.1.2=1";

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("../docs/mqtt-conformance.md"));
    }

    private static List<String> rows() throws IOException {
        return lines().stream().filter(line -> line.startsWith("| ") && !line.startsWith("| St") && !line.startsWith("| Sub")).toList();
    }

    private static ConformanceTable table() throws IOException {
        return new ConformanceTable(ConformanceTest.class, lines(), CHAPTERS);
    }

    private static List<String> numbers(String counts) {
        List<String> numbers = new ArrayList<>();
        for (String section : counts.split(" ")) {
            String[] parts = section.split("=");
            if (parts[1].contains(",")) {
                Arrays.stream(parts[1].split(",")).forEach(number -> numbers.add(parts[0] + "-" + number));
            } else {
                for (int number = 1; number <= Integer.parseInt(parts[1]); number++) {
                    numbers.add(parts[0] + "-" + number);
                }
            }
        }
        return numbers;
    }

    private static List<String> numbersBetween(String begin, String end) throws IOException {
        List<String> all = lines();
        return all.subList(all.indexOf(begin), all.indexOf(end)).stream().map(NUMBER::matcher).filter(Matcher::matches)
                .map(row -> row.group(1) + "-" + row.group(2)).toList();
    }

    @Test
    void noStatementIsLeftOut() throws IOException {
        assertThat(numbersBetween("## MQTT 5.0", "## MQTT 3.1.1")).isEqualTo(numbers(FIVE));
        assertThat(numbersBetween("## MQTT 3.1.1", "## Not numbered")).isEqualTo(numbers(THREE));
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
