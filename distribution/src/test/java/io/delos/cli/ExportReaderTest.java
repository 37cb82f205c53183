package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportReaderTest {

    private static class Heard implements ExportReader.Visitor {

        private final List<String> bindings = new ArrayList<>();
        private final List<ExportedMessage> messages = new ArrayList<>();

        @Override
        public void address(String name, Set<RoutingType> types) {
            bindings.add(name + " " + types);
        }

        @Override
        public void queue(String name, String address, String filter, RoutingType type) {
            bindings.add(name + "@" + address + " '" + filter + "' " + type);
        }

        @Override
        public void legacyQueue(String name, String address, String filter) {
            bindings.add(name + "@" + address + " '" + filter + "' of old");
        }

        @Override
        public void message(ExportedMessage message) throws IOException {
            messages.add(message);
        }
    }

    private static Heard read(String xml) throws IOException, CliException {
        Heard heard = new Heard();
        ExportReader.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), heard);
        return heard;
    }

    @Test
    void readsWhatArtemisWrote() throws Exception {
        Heard heard = read("""

                <activemq-journal>
                   <bindings>
                      <address-binding routing-types="ANYCAST,MULTICAST" name="q.text" id="24"/>
                      <queue-binding address="q.text" filter-string="" name="q.text" id="25" routing-type="ANYCAST"/>
                      <queue-binding address="tp.a" filter-string="color='red'" name="cid.sub1" id="126" routing-type="MULTICAST"/>
                   </bindings>
                   <messages>
                      <message id="28" priority="7" expiration="5" timestamp="1795219249960" type="text" user-id="9c620aa0-e53e-11f1-a9ba-02fc00000001">
                         <properties>
                            <property name="_AMQ_ROUTING_TYPE" value="1" type="byte"/>
                            <property name="_AMQ_SCHED_DELIVERY" value="1795305854645" type="long"/>
                            <property name="_AMQ_GROUP_ID" value="g" type="simple-string"/>
                            <property name="by" value="3" type="byte"/>
                            <property name="s" value="v" type="simple-string"/>
                            <property name="n" value="_AMQ_NULL" type="bytes"/>
                         </properties>
                         <queues>
                            <queue name="q.text"/>
                            <queue name="cid.sub1"/>
                         </queues>
                         <body>
                            <![CDATA[AQAAACZoAGUAbABsAG8AIAA8ACYAPgAgAF0AXQA-ACAAdwD2AHIAbABkAA==]]>
                         </body>
                      </message>
                   </messages>
                </activemq-journal>""");
        assertThat(heard.bindings).containsExactly("q.text [MULTICAST, ANYCAST]", "q.text@q.text '' ANYCAST", "cid.sub1@tp.a 'color='red'' MULTICAST");
        ExportedMessage exported = heard.messages.get(0);
        assertThat(exported.id()).isEqualTo(28);
        assertThat(exported.queues()).containsExactly("q.text", "cid.sub1");
        RawMessage message = exported.message();
        assertThat(message.kind()).isEqualTo(RawMessage.Kind.TEXT);
        assertThat(HexFormat.of().formatHex(message.body())).startsWith("010000002668006500");
        assertThat(message.properties()).containsOnlyKeys("_AMQ_ROUTING_TYPE", "_AMQ_SCHED_DELIVERY", "_AMQ_GROUP_ID", "by", "s", "n")
                .containsEntry("_AMQ_ROUTING_TYPE", (byte) 1).containsEntry("_AMQ_SCHED_DELIVERY", 1795305854645L)
                .containsEntry("by", (byte) 3).containsEntry("s", "v").containsEntry("n", null);
        assertThat(message.priority()).isEqualTo(7);
        assertThat(message.expiration()).isEqualTo(5);
        assertThat(message.timestamp()).isEqualTo(1795219249960L);
        assertThat(message.userId()).contains(UUID.fromString("9c620aa0-e53e-11f1-a9ba-02fc00000001"));
        assertThat(message.large()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "text, AA==, 00",
        "text, AQAAABJhAG0AcQBwACAAdABlAHgAdAA=, 010000001261006d007100700020007400650078007400",
        "bytes, AAECA_8=, 00010203ff",
        "bytes, AAECA/8=, 00010203ff",
        "bytes, AAECA_8, 00010203ff",
        "map, AQAAAAMAAAACaQAGAAAABQAAAAJzAAoAAAACeAAAAAACYgAEAAAAAQE=, 010000000300000002690006000000050000000273000a000000027800000000026200040000000101",
        "stream, BgAAAAEKAQAAAAEAeg==, 06000000010a0100000001007a",
        "object, AAAACqztAAV0AANzZXI=, 0000000aaced0005740003736572",
        "default, '', ''"})
    void readsBodies(String type, String text, String hex) throws Exception {
        RawMessage message = read("<activemq-journal><messages><message id=\"1\" type=\"" + type + "\"><body>\n   <![CDATA[" + text
                + "]]>\n</body></message></messages></activemq-journal>").messages.get(0).message();
        assertThat(message.kind().name()).isEqualToIgnoringCase(type);
        assertThat(HexFormat.of().formatHex(message.body())).isEqualTo(hex);
    }

    @Test
    void joinsTheSectionsOfALargeBody() throws Exception {
        byte[] body = new byte[2501];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        StringBuilder sections = new StringBuilder();
        for (int at = 0; at < body.length; at += 1000) {
            byte[] part = Arrays.copyOfRange(body, at, Math.min(body.length, at + 1000));
            sections.append("<![CDATA[").append(Base64.getUrlEncoder().encodeToString(part)).append("]]>\n");
        }
        Heard heard = read("<activemq-journal><messages><message id=\"1\" type=\"bytes\"><body isLarge=\"true\">" + sections
                + "</body></message></messages></activemq-journal>");
        RawMessage message = heard.messages.get(0).message();
        assertThat(message.body()).isEqualTo(body);
        assertThat(message.large()).isTrue();
        assertThat(message.properties()).containsEntry("_AMQ_LARGE_SIZE", 2501L);
    }

    @Test
    void readsOldBindings() throws Exception {
        assertThat(read("<activemq-journal><bindings><binding address=\"jms.queue.a\" queue-name=\"jms.queue.a\"/></bindings></activemq-journal>").bindings)
                .containsExactly("jms.queue.a@jms.queue.a '' of old");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<activemq-journal>\n<messages>",
        "<activemq-journal>\n<message id=\"x\"/></activemq-journal>",
        "<activemq-journal>\n<message type=\"bytes\"><body>!!!!</body></message></activemq-journal>",
        "<activemq-journal>\n<message type=\"bytes\"><body>AAAAA</body></message></activemq-journal>",
        "<activemq-journal>\n<message type=\"poem\"/></activemq-journal>",
        "<activemq-journal>\n<message priority=\"10\"/></activemq-journal>",
        "<activemq-journal>\n<message><properties><property name=\"i\" value=\"1.5\" type=\"integer\"/></properties></message></activemq-journal>",
        "<activemq-journal>\n<message><queues><queue/></queues></message></activemq-journal>",
        "<activemq-journal>\n<address-binding name=\"a\" routing-types=\"BROADCAST\"/></activemq-journal>",
        "<activemq-journal>\n&lol;</activemq-journal>",
        "<messages>\n</messages>",
        "<!DOCTYPE activemq-journal>\n<activemq-journal/>",
        "<!DOCTYPE a [<!ENTITY b \"bbb\"><!ENTITY c \"&b;&b;\">]>\n<activemq-journal>&c;</activemq-journal>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>\n<activemq-journal>&b;</activemq-journal>",
        "<activemq-journal>\n</messages></activemq-journal>",
        "<activemq-journal>\n</activemq-journal><activemq-journal/>",
        "<activemq-journal a=\"1\" a=\"2\"/>",
        "<activemq-journal>\n<message id=1/></activemq-journal>",
        "<activemq-journal>\n<![CDATA[abc</activemq-journal>",
        "<activemq-journal>\n<!-- abc</activemq-journal>",
        "<activemq-journal>\n&#1114112;</activemq-journal>",
        "not xml at all", ""})
    void saysInOneLineWhereAFileIsBroken(String xml) {
        assertThatThrownBy(() -> read(xml)).isInstanceOf(ExportFormatException.class).message().matches("line -?[0-9]+, column -?[0-9]+: [^\n]+");
    }

    @Test
    void readsWhatOnlyArtemisCallsXml() throws Exception {
        RawMessage message = read("<?xml version='1.0'?><!-- a -- b --->\n<activemq-journal><messages><message id='1' type=\"bytes\"><properties>"
                + "<property name='s' value='a\nb\tc\r\n\u0001&#10;&#x41;&amp;lt;' type='simple-string'/></properties>"
                + "<body>AA]]<![CDATA[EC]]>Aw==</body></message></messages></activemq-journal>\n".replace("]]<", "<")).messages.get(0).message();
        assertThat(message.properties()).containsEntry("s", "a\nb\tc\r\n\u0001\nA&lt;");
        assertThat(message.body()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void readsNoPieceWithoutEnd() {
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream("<activemq-journal><message id='".getBytes(StandardCharsets.UTF_8)),
                new InputStream() {
                    @Override
                    public int read() {
                        return '1';
                    }
                });
        assertThatThrownBy(() -> ExportReader.read(endless, new Heard())).isInstanceOf(ExportFormatException.class);
    }

    /** Long bodies are never in memory: they are to be had while the visitor is told of their message, also when messages are sorted first. */
    @ParameterizedTest
    @CsvSource({"true, 1048576, false", "true, 1048577, true", "true, 5000000, true", "false, 5000000, false", "false, 17000000, true"})
    void longBodiesAreStreamed(boolean large, int length, boolean streamed) throws Exception {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        StringBuilder xml = new StringBuilder("<activemq-journal><messages><message id=\"1\" type=\"bytes\">");
        xml.append("<queues><queue name=\"q\"/></queues><body isLarge=\"").append(large).append("\">");
        for (int at = 0; at < length; at += 999_999) {
            xml.append("<![CDATA[").append(Base64.getUrlEncoder().encodeToString(Arrays.copyOfRange(body, at, Math.min(length, at + 999_999))))
                    .append("]]>\n");
        }
        xml.append("</body></message></messages></activemq-journal>");
        Collected direct = new Collected();
        Collected sorted = new Collected();
        try (SortedMessages messages = new SortedMessages()) {
            ExportReader.read(new ByteArrayInputStream(xml.toString().getBytes(StandardCharsets.UTF_8)), new Collected() {
                @Override
                public void message(ExportedMessage message) throws IOException {
                    direct.message(message);
                    messages.add(message);
                }
            });
            messages.forEach(sorted::message);
        }
        for (Collected collected : List.of(direct, sorted)) {
            assertThat(collected.streamed).isEqualTo(streamed);
            assertThat(collected.large).isEqualTo(large || streamed);
            assertThat(Arrays.equals(collected.body, body)).isTrue();
        }
    }

    private static class Collected extends Heard {
        private byte[] body;
        private boolean streamed;
        private boolean large;

        @Override
        public void message(ExportedMessage message) throws IOException {
            large = message.message().large();
            streamed = message.body().isPresent();
            if (streamed) {
                try (InputStream in = message.body().get().open()) {
                    body = in.readNBytes((int) message.body().get().length());
                }
            } else {
                body = message.message().body();
            }
        }
    }
}
