package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Templates and tables. */
class TextsTest {

    @Test
    void fillsPlacesInsideLines() {
        assertThat(Template.fillText("a @{x} b @{y}\n", Map.of("x", "1$\\", "y", ""))).isEqualTo("a 1$\\ b \n");
    }

    @Test
    void givesALineOfItsOwnItsIndentationOrTakesItAway() {
        assertThat(Template.fillText("a\n  @{x}\nb\n", Map.of("x", "1\n 2\n\n3"))).isEqualTo("a\n  1\n   2\n\n  3\nb\n");
        assertThat(Template.fillText("a\n  @{x}\nb\n", Map.of("x", ""))).isEqualTo("a\nb\n");
    }

    @Test
    void toleratesNoForgottenPlace() {
        assertThatThrownBy(() -> Template.fillText("@{x}", Map.of())).hasMessageContaining("@{x}");
    }

    @Test
    void drawsQueuesAsATable() {
        Table table = new Table(List.of(QueueField.NAME.column(false), QueueField.CONSUMER_COUNT.column(false),
                QueueField.ROUTING_TYPE.column(false), QueueField.INTERNAL.column(false)), 25);
        table.add(List.of("$sys.mqtt.sessions", "0", "ANYCAST", "true"));
        table.add(List.of("DLQ", "12", "ANYCAST", "false"));
        assertThat(table.lines()).containsExactly(
                "|NAME              |CONSUMER|ROUTING|INTERNAL|",
                "|                  | COUNT  | TYPE  |        |",
                "|$sys.mqtt.sessions|   0    |ANYCAST|  true  |",
                "|DLQ               |   12   |ANYCAST| false  |");
    }

    @Test
    void drawsOneLineOfHeadersOnTheLeft() {
        Table table = new Table(List.of(QueueField.NAME.column(true), QueueField.MESSAGE_COUNT.column(true)), -1);
        table.add(List.of("a".repeat(30), "1"));
        assertThat(table.lines()).containsExactly("|NAME                          |MESSAGE_COUNT|", "|" + "a".repeat(30) + "|1            |");
    }

    @Test
    void continuesLongValues() {
        Table table = new Table(List.of(new Table.Column(List.of("N"), true), new Table.Column(List.of("C"), false)), 5);
        table.add(List.of("abcdefghij", "1"));
        assertThat(table.lines()).containsExactly("|N    |C|", "|abcde|1|", "|  fgh| |", "|  ij | |");
    }
}
