package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.RoutingType;
import io.delos.message.Content;
import io.delos.message.NeutralMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExportFileTest {

    private static final class Heard implements ExportFile.Visitor {

        private final List<String> bindings = new ArrayList<>();
        private final List<NeutralMessage> messages = new ArrayList<>();
        private final List<List<String>> queues = new ArrayList<>();

        @Override
        public void address(String name, Set<RoutingType> types) {
            bindings.add(name + " " + types);
        }

        @Override
        public void queue(String name, String address, String filter, RoutingType type) {
            bindings.add(name + "@" + address + " '" + filter + "' " + type);
        }

        @Override
        public void message(long id, NeutralMessage message, List<String> in) {
            messages.add(message);
            queues.add(in);
        }
    }

    private static Heard read(String xml) throws IOException, CliException {
        Heard heard = new Heard();
        ExportFile.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), heard);
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
        assertThat(heard.queues).containsExactly(List.of("q.text", "cid.sub1"));
        NeutralMessage message = heard.messages.get(0);
        assertThat(message.content()).isEqualTo(new Content.Text("hello <&> ]]> wörld"));
        assertThat(message.properties()).containsOnlyKeys("by", "s", "n").containsEntry("by", (byte) 3).containsEntry("n", null);
        assertThat(message.header().priority()).isEqualTo(7);
        assertThat(message.header().expiration()).isEqualTo(5);
        assertThat(message.header().timestamp()).isEqualTo(1795219249960L);
        assertThat(message.header().deliverAt()).isEqualTo(1795305854645L);
        assertThat(message.header().group()).isEqualTo("g");
        assertThat(message.header().messageId()).isEqualTo("ID:9c620aa0-e53e-11f1-a9ba-02fc00000001");
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
        assertThat(((Content.Bytes) heard.messages.get(0).content()).bytes()).isEqualTo(body);
    }

    @Test
    void readsOldBindings() throws Exception {
        assertThat(read("<activemq-journal><bindings><binding address=\"jms.queue.a\" queue-name=\"jms.queue.a\"/></bindings></activemq-journal>").bindings)
                .containsExactly("jms.queue.a@jms.queue.a '' ANYCAST");
    }

    @Test
    void saysThatAFileIsBroken() {
        assertThatThrownBy(() -> read("<activemq-journal><messages>")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("<activemq-journal><message id=\"x\"/></activemq-journal>")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("<activemq-journal><message type=\"bytes\"><body>!!!!</body></message></activemq-journal>"))
                .isInstanceOf(IOException.class);
    }
}
