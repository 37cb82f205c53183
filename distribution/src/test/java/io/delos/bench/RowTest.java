package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RowTest {
    @Test
    void everyRowHasANameOfItsOwnAndIsFoundByIt() {
        List<Row> rows = Row.all();
        assertThat(rows).extracting(Row::name).doesNotHaveDuplicates();
        assertThat(rows).allSatisfy(row -> assertThat(Row.named(row.name())).isEqualTo(row));
    }

    @Test
    void whatIsUnderWayIsBoundedInBytes() {
        assertThat(Row.all()).allSatisfy(row -> {
            assertThat(row.window()).isPositive();
            assertThat((long) row.window() * row.size() * row.producers()).isLessThanOrEqualTo(8 << 20);
            assertThat((long) row.lead() * row.size() * row.producers()).isLessThanOrEqualTo(32 << 20);
        });
    }

    @Test
    void theAcceptanceSetIsWhatHasATarget() {
        assertThat(Options.parse(List.of("--set", "acceptance")).wants(Row.named("core-pipelined-16p-64k"))).isTrue();
        assertThat(Row.all().stream().filter(row -> Options.parse(List.of("--set", "acceptance")).wants(row)).map(Row::name)
                .map(name -> name.substring(name.indexOf('-') + 1)).distinct()).containsExactlyInAnyOrder(
                "sync-1p-100b", "sync-1p-1k", "sync-16p-1k", "pipelined-1p-1k", "pipelined-16p-1k", "non-persistent-1p-1k",
                "non-persistent-16p-1k", "pipelined-1p-64k", "pipelined-16p-64k", "pipelined-100p-1k", "fan-out-1to10-100b",
                "fan-out-1to100-100b", "latency-1p-1k");
    }

    @Test
    void stompAndOpenWireHaveTheSameRowsInOneSet() {
        Options set = Options.parse(List.of("--set", "stomp-openwire"));
        List<String> names = Trial.all().stream().filter(set::wants).map(Trial::name).toList();
        assertThat(names).hasSize(14).allMatch(name -> name.startsWith("stomp-") || name.startsWith("openwire-"));
        assertThat(names.stream().map(name -> name.substring(name.indexOf('-') + 1)).distinct()).hasSize(7);
        assertThat(StompRow.all()).allSatisfy(row -> {
            assertThat(LightRow.named(row.name())).contains(row);
            assertThat(Options.parse(List.of("--set", "acceptance")).wants(row)).isFalse();
            assertThat(Options.parse(List.of()).wants(row)).isFalse();
        });
    }

    @Test
    void rowsOfLightClientsAreASetOfTheirOwn() {
        assertThat(Trial.all()).extracting(Trial::name).doesNotHaveDuplicates();
        assertThat(MqttRow.all()).allSatisfy(row -> {
            assertThat(LightRow.named(row.name())).contains(row);
            assertThat(Options.parse(List.of("--set", "mqtt")).wants(row)).isTrue();
            assertThat(Options.parse(List.of("--set", "acceptance")).wants(row)).isFalse();
            assertThat(Options.parse(List.of()).wants(row)).isFalse();
        });
    }
}
