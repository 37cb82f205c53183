package io.delos.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** STOMP 1.2. */
final class StompVoice implements Voice {

    private static final String BACK = "/temp-queue/back";

    private final StompPeer peer;

    StompVoice(int port) throws IOException {
        peer = new StompPeer(port, Optional.empty());
    }

    @Override
    public int samples() {
        return 5;
    }

    @Override
    public List<Said> say(Place place, int sample) throws IOException {
        List<Said> said = new ArrayList<>();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("destination", place.name());
        headers.put("destination-type", StompPeer.routing(place));
        byte[] body = switch (sample) {
            case 0 -> everything(headers, said);
            case 1 -> bytes(headers, said);
            case 2 -> topic(headers, said);
            default -> new byte[0];
        };
        if (sample == 3) {
            said.add(Said.body("none", ""));
        } else if (sample == 4) {
            headers.put("AMQ_SCHEDULED_DELAY", Long.toString(DELAY_MILLIS));
        }
        peer.confirmed("SEND", headers, body);
        if (sample == 4) {
            said.add(new Said("delay", "arrival", Long.toString(System.currentTimeMillis())));
        }
        return said;
    }

    private static byte[] everything(Map<String, String> headers, List<Said> said) {
        said.add(Said.body("text", "héllo €"));
        property(headers, said, "text with `:`", "word", "wörld: 𝄞");
        property(headers, said, "text with a line end", "lines", "one\ntwo");
        property(headers, said, "digits", "number", "42");
        property(headers, said, "name of letters", "größe", "XL");
        property(headers, said, "name with `:`, `.` and a space", "a:b. c", "x");
        header(headers, said, "correlation-id", "correlation id", "question-7");
        header(headers, said, "reply-to", "reply-to", "answers.here");
        header(headers, said, "type", "type", "kind");
        header(headers, said, "content-type", "content type", "text/plain");
        header(headers, said, "JMSXGroupID", "group", "crowd");
        headers.put("persistent", "true");
        said.add(new Said("durable: yes", "durable", "true"));
        headers.put("priority", "7");
        said.add(new Said("priority 7", "priority", "7"));
        headers.put("expires", Long.toString(System.currentTimeMillis() + TEN_MINUTES));
        said.add(new Said("expiry", "expiry", "in 10 min"));
        return "héllo €".getBytes(StandardCharsets.UTF_8);
    }

    private static void property(Map<String, String> headers, List<Said> said, String kind, String name, String value) {
        headers.put(name, value);
        said.add(Said.property(kind, name, value));
    }

    private static void header(Map<String, String> headers, List<Said> said, String name, String key, String value) {
        headers.put(name, value);
        said.add(Said.of(key, value));
    }

    private static byte[] bytes(Map<String, String> headers, List<Said> said) {
        headers.put("content-length", "3");
        said.add(Said.body("bytes", new byte[] {0, 1, (byte) 0xff}));
        said.add(new Said("durable: no", "durable", "false"));
        return new byte[] {0, 1, (byte) 0xff};
    }

    private static byte[] topic(Map<String, String> headers, List<Said> said) {
        headers.put("reply-to", "topic://answers.here");
        said.add(new Said("reply-to: a topic", "reply-to", "\"topic://answers.here\""));
        return new byte[0];
    }

    @Override
    public void listen(Place place) throws IOException {
        peer.listen(place);
    }

    @Override
    public Map<String, String> hear() throws IOException {
        StompPeer.Frame frame = peer.next();
        Map<String, String> heard = new HashMap<>();
        heard.put("arrival", Long.toString(System.currentTimeMillis()));
        // the length stands before the other headers when the body is bytes, and after them when it is text
        boolean bytes = frame.headers().keySet().stream().takeWhile(name -> !name.equals("message-id")).anyMatch("content-length"::equals);
        heard.put("body", bytes ? Form.body(frame.body()) : Form.body(frame.text()));
        frame.headers().forEach((name, value) -> heard.put("p." + name, Form.of(value)));
        // the frame's own, and no property
        heard.remove("p.destination");
        for (Map.Entry<String, String> header : Map.of("correlation-id", "correlation id", "reply-to", "reply-to", "type", "type",
                "content-type", "content type", "JMSXGroupID", "group").entrySet()) {
            String value = heard.remove("p." + header.getKey());
            if (value != null) {
                heard.put(header.getValue(), value);
            }
        }
        heard.put("durable", frame.header("persistent"));
        heard.put("priority", frame.header("priority"));
        heard.put("expiry", Form.expiry(Long.parseLong(frame.header("expires"))));
        heard.put("timestamp", Form.moment(Long.parseLong(frame.header("timestamp"))));
        return heard;
    }

    @Override
    public String hearTwice(Place place, Callable<?> saying) throws Exception {
        peer.confirmed("SUBSCRIBE", new LinkedHashMap<>(Map.of("id", "twice", "destination", place.name(), "subscription-type",
                StompPeer.routing(place), "ack", "client-individual")), new byte[0]);
        saying.call();
        StompPeer.Frame first = peer.next();
        peer.confirmed("NACK", new LinkedHashMap<>(Map.of("id", first.header("ack"))), new byte[0]);
        StompPeer.Frame second = peer.next();
        peer.confirmed("ACK", new LinkedHashMap<>(Map.of("id", second.header("ack"))), new byte[0]);
        peer.confirmed("UNSUBSCRIBE", new LinkedHashMap<>(Map.of("id", "twice")), new byte[0]);
        return "`redelivered:" + first.header("redelivered") + "`, then `" + second.header("redelivered") + "`";
    }

    @Override
    public List<Object> correlations() {
        return List.of("question-7");
    }

    @Override
    public void ask(Place place, Object correlation) throws IOException {
        peer.confirmed("SUBSCRIBE", new LinkedHashMap<>(Map.of("id", "back", "destination", BACK)), new byte[0]);
        Map<String, String> headers = new LinkedHashMap<>(Map.of("destination", place.name(), "destination-type", StompPeer.routing(place),
                "reply-to", BACK, "correlation-id", correlation.toString()));
        peer.confirmed("SEND", headers, new byte[] {'?'});
    }

    @Override
    public void answer(String text) throws IOException {
        StompPeer.Frame question = peer.next();
        peer.confirmed("SEND", new LinkedHashMap<>(Map.of("destination", question.header("reply-to"), "correlation-id",
                question.header("correlation-id"))), text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String hearAnswer() throws IOException {
        StompPeer.Frame answer = peer.next();
        peer.confirmed("UNSUBSCRIBE", new LinkedHashMap<>(Map.of("id", "back")), new byte[0]);
        return Form.of(answer.header("correlation-id")) + " " + answer.text();
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
