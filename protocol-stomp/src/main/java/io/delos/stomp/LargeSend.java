package io.delos.stomp;

import io.delos.broker.IncomingBody;
import io.delos.broker.Unfinished;
import io.delos.message.Message;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Owned by the connection's loop: a SEND whose body goes into a file as it comes. What of it waits for the disk is counted as unfinished. */
final class LargeSend {

    private final Conversation conversation;
    private final Sends.Order order;
    private final IncomingBody body;
    private final Unfinished account;
    private long counted;
    private boolean over;

    /** @param order what is to be sent, its message without the body */
    LargeSend(Conversation conversation, Sends.Order order) {
        this.conversation = conversation;
        this.order = order;
        this.account = conversation.connection().unfinished();
        this.body = conversation.session().receive(order.message().address(), order.message().durable(), this::count);
    }

    /** The next bytes of the body. */
    void add(ByteBuf bytes) {
        for (ByteBuffer part : bytes.nioBuffers()) {
            body.add(part);
        }
        count();
    }

    private void count() {
        if (!over) {
            count(body.waiting());
        }
    }

    private void count(long now) {
        account.add(now - counted);
        counted = now;
    }

    /** It is whole: the message is sent. */
    void end() {
        over = true;
        count(0);
        Message message = order.message().toBuilder().body(body.body()).build();
        if (order.repetition().isPresent()) {
            conversation.session().scheduleLarge(body, message, order.repetition().get(), order.transaction(), order.answer());
        } else {
            conversation.session().sendLarge(body, message, Optional.empty(), order.transaction(), order.answer());
        }
    }
}
