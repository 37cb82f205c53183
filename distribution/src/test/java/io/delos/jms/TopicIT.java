package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.proof.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.TopicRequestor;
import jakarta.jms.TopicSession;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sections 4.2 and 8.3: the publish/subscribe model and its four kinds of subscription. */
class TopicIT extends Contract {

    private Session other() throws JMSException {
        return kept(connection.createSession(Session.AUTO_ACKNOWLEDGE));
    }

    private void sendNumbered(Topic topic, int count) throws JMSException {
        try (MessageProducer producer = session.createProducer(topic)) {
            for (int i = 0; i < count; i++) {
                Message message = session.createTextMessage("" + i);
                message.setIntProperty("n", i);
                producer.send(message);
            }
        }
    }

    /** 4.2.2, 8.3.1: a copy for each; nothing of before and after; its selector decides what it keeps. */
    @Test
    void unsharedSubscriptions() throws JMSException {
        Topic topic = topic();
        send(topic, "too early");
        MessageConsumer all = session.createConsumer(topic);
        MessageConsumer some = session.createConsumer(topic, "n > 1");
        MessageConsumer gone = session.createConsumer(topic);
        gone.close();
        sendNumbered(topic, 4);
        expect(all, "0", "1", "2", "3");
        expect(some, "2", "3");
        expectNothing(all);
        expectNothing(some);
    }

    /** 8.3.1: what its own connection publishes is left out on demand. */
    @Test
    void noLocal() throws JMSException {
        Topic topic = topic();
        Connection mine = connect("");
        mine.start();
        Session local = mine.createSession();
        MessageConsumer foreignOnly = local.createConsumer(topic, null, true);
        MessageConsumer all = local.createConsumer(topic, null, false);
        send(local, topic, "mine");
        send(topic, "theirs");
        expect(all, "mine", "theirs");
        expect(foreignOnly, "theirs");
        expectNothing(foreignOnly);
    }

    /** 8.3.2: several consumers share one copy of each; the subscription ends with the last of them. */
    @Test
    void sharedSubscriptions() throws JMSException {
        Topic topic = topic();
        String name = Target.name("shared");
        MessageConsumer first = session.createSharedConsumer(topic, name);
        MessageConsumer second = other().createSharedConsumer(topic, name);
        sendNumbered(topic, 40);
        List<String> got = drain(first, second);
        assertThat(got).hasSize(40).doesNotHaveDuplicates();
        first.close();
        send(topic, "one is left");
        expect(second, "one is left");
        second.close();
        send(topic, "nobody is left");
        expectNothing(session.createSharedConsumer(topic, name));
    }

    /** 8.3.2: another topic or selector under the same name, while it is in use. */
    @Test
    void sharedSubscriptionsAreWhatTheyWere() throws JMSException {
        Topic topic = topic();
        String name = Target.name("shared");
        session.createSharedConsumer(topic, name, "n = 1");
        assertThatThrownBy(() -> other().createSharedConsumer(topic, name, "n = 2")).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> other().createSharedConsumer(topic(), name, "n = 1")).isInstanceOf(JMSException.class);
        other().createSharedConsumer(topic, name, "n = 1");
    }

    /** 8.3.3, 4.2.9: keeps what it misses, until unsubscribed. */
    @Test
    void durableSubscriptions() throws JMSException {
        Topic topic = topic();
        String id = Target.name("client");
        Connection one = client(id);
        Session durable = one.createSession();
        durable.createDurableConsumer(topic, "sub");
        one.close();
        send(topic, "missed");
        Connection again = client(id);
        durable = again.createSession();
        MessageConsumer consumer = durable.createDurableConsumer(topic, "sub");
        expect(consumer, "missed");
        Session inUse = durable;
        assertThatThrownBy(() -> inUse.unsubscribe("sub")).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> again.createSession().createDurableConsumer(topic, "sub")).isInstanceOf(JMSException.class);
        consumer.close();
        durable.unsubscribe("sub");
        send(topic, "nobody keeps it");
        expectNothing(durable.createDurableConsumer(topic, "sub"));
    }

    /** 8.3.3: another selector, noLocal or topic makes it a new one. */
    @Test
    void changedDurableSubscriptionsBeginAnew() throws JMSException {
        Topic topic = topic();
        Session durable = client(Target.name("client")).createSession();
        durable.createDurableConsumer(topic, "sub", "n >= 0", false).close();
        sendNumbered(topic, 3);
        try (MessageConsumer changed = durable.createDurableConsumer(topic, "sub", "n > 0", false)) {
            expectNothing(changed);
        }
        sendNumbered(topic, 3);
        try (MessageConsumer same = durable.createDurableConsumer(topic, "sub", "n > 0", false)) {
            expect(same, "1", "2");
        }
        Topic elsewhere = topic();
        sendNumbered(topic, 3);
        try (MessageConsumer moved = durable.createDurableConsumer(elsewhere, "sub", "n > 0", false)) {
            expectNothing(moved);
            sendNumbered(elsewhere, 2);
            expect(moved, "1");
        }
        durable.unsubscribe("sub");
    }

    /** 8.3.3, 6.1.2: nameless clients have no unshared durable subscriptions. */
    @Test
    void durableSubscriptionsNeedAClientIdentifier() {
        assertThatThrownBy(() -> session.createDurableConsumer(topic(), "sub")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.unsubscribe("never.made")).isInstanceOf(JMSException.class);
    }

    /** 8.3.3: unsubscribing what isn't there. */
    @Test
    void unsubscribingTheUnknown() throws JMSException {
        Session durable = client(Target.name("client")).createSession();
        assertThatThrownBy(() -> durable.unsubscribe("never.made")).isInstanceOf(InvalidDestinationException.class);
    }

    /** 8.3.3: noLocal also for what connections of the same client identifier publish. */
    @Test
    void durableNoLocal() throws JMSException {
        Topic topic = topic();
        Connection mine = client(Target.name("client"));
        Session local = mine.createSession();
        try (MessageConsumer consumer = local.createDurableConsumer(topic, "sub", null, true)) {
            send(local, topic, "mine");
            send(topic, "theirs");
            expect(consumer, "theirs");
            expectNothing(consumer);
        }
        local.unsubscribe("sub");
    }

    /** 8.3.4: shared and durable, with and without a client identifier. */
    @Test
    void sharedDurableSubscriptions() throws JMSException {
        Topic topic = topic();
        String name = Target.name("shared");
        MessageConsumer first = session.createSharedDurableConsumer(topic, name);
        MessageConsumer second = other().createSharedDurableConsumer(topic, name);
        sendNumbered(topic, 20);
        List<String> got = drain(first, second);
        assertThat(got).hasSize(20).doesNotHaveDuplicates();
        assertThatThrownBy(() -> other().createSharedDurableConsumer(topic, name, "n = 1")).isInstanceOf(JMSException.class);
        first.close();
        second.close();
        send(topic, "kept");
        MessageConsumer third = session.createSharedDurableConsumer(topic, name);
        expect(third, "kept");
        third.close();
        session.unsubscribe(name);
        // a client with an identifier has names of its own
        Session named = client(Target.name("client")).createSession();
        MessageConsumer its = named.createSharedDurableConsumer(topic, name);
        send(topic, "for the named");
        expect(its, "for the named");
        its.close();
        named.unsubscribe(name);
    }

    /** 8.3.2 to 8.3.4: a durable and a shared one of the same name are different. */
    @Test
    void durableAndNonDurableOfOneName() throws JMSException {
        Topic topic = topic();
        String name = Target.name("both");
        MessageConsumer durable = session.createSharedDurableConsumer(topic, name);
        MessageConsumer passing = other().createSharedConsumer(topic, name);
        send(topic, "to each");
        expect(durable, "to each");
        expect(passing, "to each");
        durable.close();
        session.unsubscribe(name);
    }

    /** 4.2.4. */
    @Test
    void subscriptionNames() throws JMSException {
        Topic topic = topic();
        String name = ("J\u00e9_.-9" + "n".repeat(128)).substring(0, 120) + Target.name("x").hashCode() % 1000;
        Session durable = client(Target.name("client")).createSession();
        durable.createDurableConsumer(topic, name).close();
        send(topic, "kept");
        try (MessageConsumer consumer = durable.createDurableConsumer(topic, name)) {
            expect(consumer, "kept");
        }
        durable.unsubscribe(name);
    }

    /** 4.2.2, 4.2.8: acknowledging one copy does nothing to the other. */
    @Test
    void copiesAreSeparate() throws JMSException {
        Topic topic = topic();
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        MessageConsumer undecided = transacted.createConsumer(topic);
        MessageConsumer decided = session.createConsumer(topic);
        send(topic, "copy");
        expect(undecided, "copy");
        expect(decided, "copy");
        transacted.rollback();
        assertThat(undecided.receive(WAIT).getJMSRedelivered()).isTrue();
        transacted.commit();
        expectNothing(decided);
    }

    /** 4.2.7. */
    @Test
    void temporaryTopics() throws JMSException {
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer consumer = session.createConsumer(topic);
        Connection elsewhere = connect("");
        send(elsewhere.createSession(), topic, "hello");
        expect(consumer, "hello");
        assertThatThrownBy(() -> elsewhere.createSession().createConsumer(topic)).isInstanceOf(JMSException.class);
        assertThatThrownBy(topic::delete).isInstanceOf(JMSException.class);
        consumer.close();
        topic.delete();
    }

    /** 4.2.6: a topic may be a part of a hierarchy; each protocol's client has its own words for that. */
    @Test
    void wildcards() throws JMSException {
        String base = Target.name("tree");
        String all = wire == Wire.OPENWIRE ? ">" : "#";
        MessageConsumer everything = session.createConsumer(session.createTopic(base + "." + all));
        MessageConsumer leaves = session.createConsumer(session.createTopic(base + ".*.leaf"));
        send(session.createTopic(base + ".a.leaf"), "1");
        send(session.createTopic(base + ".a.b.leaf"), "2");
        send(session.createTopic(base + ".b.leaf"), "3");
        send(session.createTopic(base + "other.b.leaf"), "4");
        expect(everything, "1", "2", "3");
        expect(leaves, "1", "3");
        expectNothing(everything);
        expectNothing(leaves);
    }

    /** 4.2.10. */
    @Test
    void requestors() throws Exception {
        Topic topic = topic();
        TopicConnection asking = kept(((TopicConnectionFactory) wire.factory(Target.port(), ""))
                .createTopicConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
        asking.start();
        TopicSession questions = asking.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
        Session answering = kept(connection.createSession());
        MessageProducer answers = answering.createProducer(null);
        answering.createConsumer(topic).setMessageListener(request -> {
            try {
                answers.send(request.getJMSReplyTo(), answering.createTextMessage(text(request) + "!"));
            } catch (JMSException e) {
                throw new java.lang.IllegalStateException(e);
            }
        });
        TopicRequestor requestor = new TopicRequestor(questions, topic);
        assertThat(text(requestor.request(questions.createTextMessage("one")))).isEqualTo("one!");
        requestor.close();
    }
}
