package io.delos.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The document for operators names everything that is declared, and nothing else. */
class DocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/management.md");
    private static final String START = "<!-- declared -->";

    @Test
    void everythingDeclaredIsDocumented() throws IOException {
        String declared = Catalogue.tables().stream().map(DocumentTest::section).collect(Collectors.joining("\n"));
        Path made = Path.of("target/management.md");
        Files.createDirectories(made.getParent());
        Files.writeString(made, declared);
        String document = Files.readString(DOCUMENT);
        assertThat(document.substring(document.indexOf(START) + START.length()).strip())
                .as("what stands behind %s in docs/management.md; the text that belongs there is in %s", START, made.toAbsolutePath())
                .isEqualTo(declared.strip());
    }

    private static String section(Table<?> table) {
        return "## " + table.kind() + "\n\n| Attribute | Type | |\n|---|---|---|\n"
                + table.attributes().stream().sorted((a, b) -> a.name().compareTo(b.name()))
                        .map(one -> "| `" + one.name() + "` | " + one.type() + " | " + (one.change().isPresent() ? "can be set" : "") + " |\n")
                        .collect(Collectors.joining())
                + "\n| Operation | Parameters | Returns |\n|---|---|---|\n"
                + table.operations().stream().map(Table.Operation::signature).map(DocumentTest::operation).sorted().collect(Collectors.joining());
    }

    private static String operation(Signature signature) {
        String parameters = signature.parameters().stream().map(one -> one.type() + " " + one.name()).collect(Collectors.joining(", "));
        return "| `" + signature.name() + "` | " + parameters + " | " + signature.returns() + " |\n";
    }
}
