package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Credentials;
import io.delos.broker.Reply;
import io.delos.message.Content;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Sends a message that somebody made up at a console. Stateless. */
final class Sending {

    private static final int BYTES = 4;

    private Sending() {
    }

    /** To an address, or a queue named {@code address::queue}, as the user that is given; answers the message's id as text. */
    static CompletableFuture<Object> to(Desk desk, String address, Arguments given) {
        Message message = message(desk, address, given);
        CompletableFuture<Object> future = new CompletableFuture<>();
        desk.loop().post(() -> {
            Client sender = desk.broker().openVisitor(desk.loop());
            Consumer<BrokerException> refused = refusal -> {
                sender.close();
                future.completeExceptionally(new ManagementException(refusal.getMessage()));
            };
            Reply<Void> sent = Reply.of(done -> {
                sender.close();
                future.complete(given.isTrue(6) ? id(desk, message) : "-1");
            }, refused);
            sender.login(Credentials.of(given.text(4), given.text(5)),
                    Reply.of(known -> sender.openSession("management").send(message, sent), refused));
        });
        return future;
    }

    private static String id(Desk desk, Message message) {
        return desk.broker().formats().of(message.format()).read(message).header().messageId();
    }

    private static Message message(Desk desk, String address, Arguments given) {
        byte format = MessageFormat.CORE;
        Message envelope = Message.of(format, new byte[0]).address(address).durable(given.flag(3)).timestamp(System.currentTimeMillis()).build();
        NeutralMessage.Builder neutral = NeutralMessage.from(envelope).content(content((int) given.number(1), given.text(2)));
        if (given.isTrue(6)) {
            neutral.messageId("ID:" + UUID.randomUUID());
        }
        Message.Builder sent = envelope.toBuilder();
        if (given.node(0).isObject()) {
            given.node(0).properties().forEach(header -> header(header.getKey(), header.getValue(), neutral, sent));
        }
        return sent.encoded(format, desk.broker().formats().of(format).write(neutral.build())).build();
    }

    private static void header(String name, JsonNode value, NeutralMessage.Builder neutral, Message.Builder sent) {
        switch (name) {
            case "JMSType" -> neutral.type(value.asText());
            case "JMSCorrelationID" -> neutral.correlationId(value.asText());
            case "JMSXGroupID", "_AMQ_GROUP_ID" -> {
                neutral.group(value.asText(), 0);
                sent.group(value.asText());
            }
            default -> neutral.property(name, plain(value).orElse(null));
        }
    }

    private static Optional<Object> plain(JsonNode value) {
        if (value.isNull()) {
            return Optional.empty();
        } else if (value.isBoolean()) {
            return Optional.of(value.asBoolean());
        } else if (value.isIntegralNumber()) {
            return Optional.of(value.asLong());
        }
        return Optional.of(value.isNumber() ? (Object) value.asDouble() : value.isTextual() ? value.asText() : value.toString());
    }

    private static Content content(int type, String body) {
        if (type == BYTES) {
            try {
                return new Content.Bytes(Base64.getDecoder().decode(body));
            } catch (IllegalArgumentException wrong) {
                throw new ManagementException("the body of a bytes message is not Base64: " + wrong.getMessage());
            }
        }
        return body.isEmpty() ? new Content.Empty() : new Content.Text(body);
    }
}
