package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.Content;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageFileTest {

    @TempDir
    Path temp;

    private static String hex(Content content) throws IOException {
        return HexFormat.of().formatHex(BodyBytes.of(content));
    }

    @Test
    void writesBodiesAsTheyWereRecorded() throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("i", 5);
        map.put("s", "x");
        map.put("b", new byte[] {1});
        assertThat(hex(new Content.Mapping(map))).isEqualTo("010000000300000002690006000000050000000273000a000000027800000000026200040000000101");
        assertThat(hex(new Content.Sequence(List.of(1, "z")))).isEqualTo("06000000010a0100000001007a");
        assertThat(hex(new Content.Serialized(TypedValues.serialisedText("ser")))).isEqualTo("0000000aaced0005740003736572");
        assertThat(hex(new Content.Bytes(new byte[] {0, 1, 2, 3, -1}))).isEqualTo("00010203ff");
        assertThat(hex(new Content.Text("red"))).isEqualTo("0100000006720065006400");
    }

    @Property(tries = 200)
    void readsEveryValueBack(@ForAll String text, @ForAll long number, @ForAll double fraction, @ForAll byte[] bytes, @ForAll char letter)
            throws IOException {
        List<Object> values = Arrays.asList(text, text.repeat(50), (byte) number, (short) number, (int) number, number, (float) fraction,
                fraction, letter, number > 0, null);
        Content row = BodyBytes.read("stream", BodyBytes.of(new Content.Sequence(values)));
        assertThat(((Content.Sequence) row).values()).isEqualTo(values);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(text, bytes);
        map.put(text + "2", letter);
        Content back = BodyBytes.read("map", BodyBytes.of(new Content.Mapping(map)));
        assertThat(((Content.Mapping) back).entries().get(text)).isEqualTo(bytes);
        assertThat(((Content.Mapping) back).entries().keySet()).containsExactlyElementsOf(map.keySet());
    }

    @Test
    void refusesBodiesThatEndTooEarly() {
        assertThatThrownBy(() -> BodyBytes.read("text", HexFormat.of().parseHex("0100000006720065"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> BodyBytes.read("object", HexFormat.of().parseHex("7fffffff00"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> BodyBytes.read("stream", new byte[] {77})).isInstanceOf(IOException.class);
    }

    @Test
    void keepsMessagesInAFile() throws Exception {
        Path file = temp.resolve("messages.xml");
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("t", true);
        properties.put("by", (byte) 1);
        properties.put("sh", (short) 2);
        properties.put("i", 3);
        properties.put("l", 4L);
        properties.put("f", 1.5f);
        properties.put("d", 2.5d);
        properties.put("s", "<&\">");
        properties.put("none", null);
        List<Content> contents = List.of(new Content.Text("a ]]> <b>\n ü"), new Content.Bytes(new byte[] {0, -1}), new Content.Empty(),
                new Content.Sequence(List.of(1, "x")), new Content.Mapping(Map.of("k", 2L)));
        try (MessageFile.Writer writer = MessageFile.write(file)) {
            for (Content content : contents) {
                writer.add(Letters.of(content, properties, "g", true, 99));
            }
        }
        List<NeutralMessage> read = MessageFile.read(file);
        assertThat(read).hasSize(contents.size()).allSatisfy(message -> {
            assertThat(message.properties()).isEqualTo(properties);
            assertThat(message.header().group()).isEqualTo("g");
            assertThat(message.header().expiration()).isEqualTo(99);
        });
        assertThat(read.get(0).content()).isEqualTo(contents.get(0));
        assertThat(((Content.Bytes) read.get(1).content()).bytes()).containsExactly(0, -1);
        assertThat(read.get(2).content()).isEqualTo(contents.get(2));
        assertThat(read.get(3).content()).isEqualTo(contents.get(3));
        assertThat(read.get(4).content()).isEqualTo(contents.get(4));
    }

    @Test
    void saysWhichFileCannotBeRead() throws IOException {
        Path file = Files.writeString(temp.resolve("broken.xml"), "<messages><message priority='x'/>");
        assertThatThrownBy(() -> MessageFile.read(file)).isInstanceOf(CliException.class).hasMessageContaining(file.toString());
        assertThatThrownBy(() -> MessageFile.read(temp.resolve("none"))).isInstanceOf(CliException.class);
    }

    @Test
    void readsNothingFromOtherFiles() throws IOException {
        Path secret = Files.writeString(temp.resolve("secret"), "hush");
        Path file = Files.writeString(temp.resolve("evil.xml"), "<!DOCTYPE m [<!ENTITY e SYSTEM \"" + secret.toUri()
                + "\">]><messages><message type=\"text\"><body>&e;</body></message></messages>");
        assertThatThrownBy(() -> assertThat(MessageFile.read(file).toString()).doesNotContain("hush")).isInstanceOf(CliException.class);
    }

    @Test
    void readsTypedProperties() throws CliException {
        assertThat(TypedValues.ofJson("[{\"type\":\"int\",\"key\":\"a\",\"value\":\"1\"},{\"type\":\"string\",\"key\":\"b\",\"value\":\"x\"}]"))
                .isEqualTo(Map.of("a", 1, "b", "x"));
        assertThatThrownBy(() -> TypedValues.ofJson("[{\"type\":\"int\",\"key\":\"a\",\"value\":\"x\"}]")).hasMessage("'x' is not a value of type int");
        assertThatThrownBy(() -> TypedValues.ofJson("[{\"type\":\"date\",\"key\":\"a\",\"value\":\"x\"}]")).hasMessage("'date' is not a property type");
        assertThatThrownBy(() -> TypedValues.ofJson("{")).isInstanceOf(CliException.class);
    }
}
