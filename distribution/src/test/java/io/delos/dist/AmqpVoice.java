package io.delos.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.message.Message;

/** AMQP as the standard has it, without the conventions of Jakarta Messaging. */
final class AmqpVoice implements Voice {

    private static final UUID ID = UUID.fromString("8dc0c5a3-e53e-11f1-b40c-02fc00000001");
    private static final byte[] RAW = {1, 2, (byte) 0xff};
    private static final byte[] BODY = {0, 1, (byte) 0xff};
    private static final long THEN = 1_000_000_000_000L;

    private final AmqpLine line;
    private Receiver receiver;
    private Receiver answers;

    AmqpVoice(int port, String container) throws IOException {
        line = new AmqpLine(port, container);
    }

    private static final int LATER = 11;

    @Override
    public int samples() {
        return LATER + 1;
    }

    @Override
    public List<Said> say(Place place, int sample) throws IOException {
        List<Said> said = new ArrayList<>();
        Message message = Proton.message();
        switch (sample) {
            case 0 -> everything(message, said);
            case 1 -> body(message, said, "data", new Data(new Binary(BODY)), BODY);
            case 2 -> body(message, said, "binary value", new AmqpValue(new Binary(BODY)), BODY);
            case 3 -> text(message, said);
            case 4 -> body(message, said, "map", new AmqpValue(map()), map());
            case 5 -> body(message, said, "list", new AmqpValue(list()), list());
            case 6 -> body(message, said, "sequence", new AmqpSequence(list()), list());
            case 7 -> body(message, said, "null value", new AmqpValue(null), "");
            case 8 -> body(message, said, "int value", new AmqpValue(5), 5);
            case 9 -> body(message, said, "uuid value", new AmqpValue(ID), ID);
            case 10 -> nothing(message, said);
            default -> message.setMessageAnnotations(new MessageAnnotations(new LinkedHashMap<>(Map.of(
                    Symbol.valueOf("x-opt-delivery-delay"), DELAY_MILLIS))));
        }
        ids(message, said, sample);
        line.send(place, message);
        if (sample == LATER) {
            said.add(new Said("delay", "arrival", Long.toString(System.currentTimeMillis())));
        }
        return said;
    }

    private static void body(Message message, List<Said> said, String kind, Section body, Object value) {
        message.setBody(body);
        said.add(Said.body(kind, value));
    }

    private static void text(Message message, List<Said> said) {
        body(message, said, "data that is `application/json`", new Data(new Binary("[1]".getBytes(StandardCharsets.UTF_8))),
                "[1]".getBytes(StandardCharsets.UTF_8));
        message.setContentType("application/json");
        message.setContentEncoding("identity");
        said.add(Said.of("content type", "application/json"));
        said.add(Said.of("content encoding", "identity"));
    }

    private static void nothing(Message message, List<Said> said) {
        message.setSubject("something has to be there");
        said.add(Said.body("none", Form.NOTHING));
    }

    private static Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", 42);
        map.put("word", "wörld");
        map.put("unsigned", UnsignedInteger.valueOf(7));
        map.put("raw", new Binary(RAW));
        map.put("none", null);
        map.put("inner", List.of(1, 2));
        return map;
    }

    private static List<Object> list() {
        return new ArrayList<>(List.of(42, "wörld", UnsignedInteger.valueOf(7), new Date(THEN), Map.of("a", 1)));
    }

    private static void ids(Message message, List<Said> said, int sample) {
        Map<Integer, Object> kinds = Map.of(0, "question-7", 1, UnsignedLong.valueOf(7), 2, ID, 3, new Binary(RAW));
        Object id = kinds.get(sample);
        if (id != null) {
            String kind = List.of("string", "ulong", "uuid", "binary").get(sample);
            message.setMessageId(sample == 0 ? "question-6" : id);
            message.setCorrelationId(id);
            said.add(new Said("message id: " + kind, "message id", Form.of(message.getMessageId())));
            said.add(new Said("correlation id: " + kind, "correlation id", Form.of(id)));
        }
    }

    private static void everything(Message message, List<Said> said) {
        message.setBody(new AmqpValue("héllo €"));
        said.add(Said.body("string", "héllo €"));
        Map<String, Object> properties = new LinkedHashMap<>();
        property(properties, said, "boolean", "yes", true);
        property(properties, said, "byte", "tiny", (byte) -8);
        property(properties, said, "short", "small", (short) -300);
        property(properties, said, "int", "number", 42);
        property(properties, said, "long", "far", 1L << 40);
        property(properties, said, "ubyte", "utiny", UnsignedByte.valueOf((byte) 200));
        property(properties, said, "ushort", "usmall", UnsignedShort.valueOf((short) 60_000));
        property(properties, said, "uint", "unumber", UnsignedInteger.valueOf(4_000_000_000L));
        property(properties, said, "ulong", "ufar", UnsignedLong.valueOf(7));
        property(properties, said, "float", "half", 0.5f);
        property(properties, said, "double", "tenth", 0.1);
        property(properties, said, "decimal", "price", new Decimal64(0x31A0_0000_0000_000FL));
        property(properties, said, "char", "letter", 'x');
        property(properties, said, "timestamp", "then", new Date(THEN));
        property(properties, said, "uuid", "who", ID);
        property(properties, said, "symbol", "sign", Symbol.valueOf("s"));
        property(properties, said, "binary", "raw", new Binary(RAW));
        property(properties, said, "null", "none", null);
        property(properties, said, "string with `:`", "word", "wörld: 𝄞");
        property(properties, said, "string with a line end", "lines", "one\ntwo");
        property(properties, said, "string with U+0000", "zero", "a\0b");
        property(properties, said, "name of letters", "größe", "XL");
        property(properties, said, "name with `:`, `.` and a space", "a:b. c", "x");
        property(properties, said, "name of a STOMP header", "destination", "Rome");
        property(properties, said, "name of no characters", "", "x");
        message.setApplicationProperties(new ApplicationProperties(properties));
        Map<Symbol, Object> annotations = new LinkedHashMap<>();
        annotations.put(Symbol.valueOf("x-mine"), "note");
        message.setMessageAnnotations(new MessageAnnotations(annotations));
        said.add(new Said("message annotation", "annotation", "\"note\""));
        Map<Object, Object> footer = new LinkedHashMap<>();
        footer.put("sum", "done");
        message.setFooter(new Footer(footer));
        said.add(new Said("footer, its key a string", "footer", "\"done\""));
        message.setReplyTo("answers.here");
        said.add(Said.of("reply-to", "answers.here"));
        message.setSubject("kind");
        said.add(new Said("subject", "type", "\"kind\""));
        message.setGroupId("crowd");
        said.add(Said.of("group", "crowd"));
        message.setGroupSequence(3);
        said.add(new Said("group sequence", "group sequence", "3"));
        message.setReplyToGroupId("back");
        said.add(new Said("reply-to-group-id", "reply group", "\"back\""));
        message.setUserId("me".getBytes(StandardCharsets.UTF_8));
        said.add(Said.of("user id", "me"));
        message.setCreationTime(THEN);
        said.add(new Said("creation time", "timestamp", Form.moment(THEN)));
        message.setDurable(true);
        said.add(new Said("durable: yes", "durable", "true"));
        message.setPriority((short) 7);
        said.add(new Said("priority 7", "priority", "7"));
        message.setTtl(TEN_MINUTES);
        said.add(new Said("time to live", "expiry", "in 10 min"));
    }

    private static void property(Map<String, Object> properties, List<Said> said, String kind, String name, Object value) {
        properties.put(name, value);
        said.add(Said.property(kind, name, value));
    }

    @Override
    public void listen(Place place) throws IOException {
        if (receiver != null) {
            line.close(receiver);
        }
        receiver = line.receiver(place);
    }

    @Override
    public Map<String, String> hear() throws IOException {
        Message message = line.receive(receiver);
        Map<String, String> heard = new HashMap<>();
        heard.put("arrival", Long.toString(System.currentTimeMillis()));
        heard.put("body", body(message.getBody()));
        put(heard, "message id", message.getMessageId());
        put(heard, "correlation id", message.getCorrelationId());
        put(heard, "type", message.getSubject());
        put(heard, "content type", message.getContentType());
        put(heard, "content encoding", message.getContentEncoding());
        put(heard, "group", message.getGroupId());
        put(heard, "reply group", message.getReplyToGroupId());
        put(heard, "user id", message.getUserId() == null ? null : new String(message.getUserId(), StandardCharsets.UTF_8));
        if (message.getGroupSequence() != 0) {
            heard.put("group sequence", Long.toString(message.getGroupSequence()));
        }
        heard.put("timestamp", Form.moment(message.getCreationTime()));
        heard.put("durable", Boolean.toString(message.isDurable()));
        heard.put("priority", Short.toString(message.getPriority()));
        heard.put("expiry", Form.expiry(message.getExpiryTime() != 0 ? message.getExpiryTime()
                : message.getTtl() == 0 ? 0 : System.currentTimeMillis() + message.getTtl()));
        if (message.getApplicationProperties() != null) {
            message.getApplicationProperties().getValue().forEach((name, value) -> heard.put("p." + name, Form.of(value)));
        }
        noted(message, heard);
        return heard;
    }

    @Override
    public String hearTwice(Place place, Callable<?> saying) throws Exception {
        Receiver twice = line.receiver(place);
        saying.call();
        Modified failed = new Modified();
        failed.setDeliveryFailed(true);
        long first = line.receive(twice, failed).getDeliveryCount();
        long second = line.receive(twice).getDeliveryCount();
        line.close(twice);
        return first + ", then " + second;
    }

    private static void noted(Message message, Map<String, String> heard) {
        Map<Symbol, Object> annotations = message.getMessageAnnotations() == null ? Map.of() : message.getMessageAnnotations().getValue();
        put(heard, "annotation", annotations.get(Symbol.valueOf("x-mine")));
        if (message.getReplyTo() != null) {
            Object kind = annotations.get(Symbol.valueOf("x-opt-jms-reply-to"));
            String shown = kind == null ? "" : List.of("queue ", "topic ", "temporary queue ", "temporary topic ").get(((Byte) kind).intValue());
            heard.put("reply-to", kind == null ? Form.of(message.getReplyTo()) : shown + message.getReplyTo());
        }
        Map<?, ?> footer = message.getFooter() == null ? Map.of() : message.getFooter().getValue();
        footer.forEach((key, value) -> heard.put("footer", Form.of(value)));
    }

    private static void put(Map<String, String> heard, String key, Object value) {
        if (value != null) {
            heard.put(key, Form.of(value));
        }
    }

    private static String body(Section body) {
        if (body instanceof AmqpValue value) {
            return value.getValue() == null ? Form.body(Form.NOTHING) : Form.body(value.getValue());
        } else if (body instanceof AmqpSequence sequence) {
            return Form.body(sequence.getValue());
        }
        return body instanceof Data data ? Form.body(data.getValue()) : Form.body(Form.NOTHING);
    }

    @Override
    public List<Object> correlations() {
        return List.of("question-7", "ID:AMQP_UUID:of the asker", UnsignedLong.valueOf(7), ID, new Binary(RAW));
    }

    @Override
    public void ask(Place place, Object correlation) throws IOException {
        answers = line.receiver(new Place("", false));
        Message question = Proton.message();
        question.setBody(new AmqpValue("?"));
        question.setCorrelationId(correlation);
        question.setReplyTo(AmqpLine.address(answers));
        line.send(place, question);
    }

    @Override
    public void answer(String text) throws IOException {
        Message question = line.receive(receiver);
        Message answer = Proton.message();
        answer.setBody(new AmqpValue(text));
        answer.setCorrelationId(question.getCorrelationId());
        line.send(question.getReplyTo(), answer);
    }

    @Override
    public String hearAnswer() throws IOException {
        Message answer = line.receive(answers);
        line.close(answers);
        String text = answer.getBody() instanceof Data data ? new String(data.getValue().getArray(), data.getValue().getArrayOffset(),
                data.getValue().getLength(), StandardCharsets.UTF_8) : ((AmqpValue) answer.getBody()).getValue().toString();
        return Form.of(answer.getCorrelationId()) + " " + text;
    }

    @Override
    public void close() throws IOException {
        line.close();
    }
}
