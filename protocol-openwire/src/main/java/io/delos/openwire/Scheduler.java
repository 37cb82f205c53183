package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Repetition;
import io.delos.broker.Reply;
import io.delos.broker.ScheduledMessages;
import io.delos.config.Permission;
import io.delos.message.Message;
import java.util.Map;
import java.util.Optional;

/**
 * Answers messages to {@code ActiveMQ.Scheduler.Management}, which ask for what waits to be delivered later or again. At once, also within a transaction.
 * Owned by its connection's loop.
 */
final class Scheduler {

    static final String ADDRESS = "ActiveMQ.Scheduler.Management";

    private static final String ACTION = "AMQ_SCHEDULER_ACTION";
    private static final String FROM = "ACTION_START_TIME";
    private static final String TO = "ACTION_END_TIME";

    private final Member member;

    Scheduler(Member member) {
        this.member = member;
    }

    /** Does what the message asks for. */
    void ask(WireMessage question, Reply<Void> done) throws MalformedFrameException {
        Map<String, Object> properties = question.properties();
        Optional<BrokerException> refusal = member.session().refusal(Permission.SEND, ADDRESS);
        if (refusal.isPresent()) {
            done.failed(refusal.get());
            return;
        }
        try {
            ScheduledMessages messages = new ScheduledMessages(member.connection().broker(), member.session(), time(properties, FROM, 0),
                    time(properties, TO, Long.MAX_VALUE));
            Object id = properties.get(Repetition.JOB);
            Reply<Long> removed = Reply.of(count -> done.done(null), done::failed);
            switch (String.valueOf(properties.get(ACTION))) {
                case "BROWSE" -> browse(messages, question.labels().replyTo(), done);
                case "REMOVE" -> messages.remove(Optional.of(require(id, Repetition.JOB).toString()), removed);
                case "REMOVEALL" -> messages.remove(Optional.empty(), removed);
                default -> throw wrong(ACTION + " is BROWSE, REMOVE or REMOVEALL, not " + properties.get(ACTION));
            }
        } catch (BrokerException wrong) {
            done.failed(wrong);
        }
    }

    private static BrokerException wrong(String sentence) {
        return new BrokerException(Reason.INVALID_REQUEST, sentence);
    }

    private static Object require(Object value, String name) throws BrokerException {
        if (value == null) {
            throw wrong("a message to " + ADDRESS + " lacks " + name);
        }
        return value;
    }

    private static long time(Map<String, Object> properties, String name, long otherwise) throws BrokerException {
        Object time = properties.get(name);
        try {
            return time == null ? otherwise : Long.parseLong(time.toString());
        } catch (NumberFormatException noNumber) {
            throw wrong(name + " is a time in milliseconds, not " + time);
        }
    }

    private void browse(ScheduledMessages messages, WireDestination replyTo, Reply<Void> done) throws BrokerException {
        if (!replyTo.present()) {
            throw wrong("a message to " + ADDRESS + " does not say where the answers are to go");
        }
        messages.browse(job -> show(job, replyTo), () -> done.done(null));
    }

    /** A body's file is kept until the journal has it that what is shown refers to it too, though the job is removed meanwhile. */
    private void show(ScheduledMessages.Job job, WireDestination replyTo) {
        Message message = job.message();
        if (!message.large()) {
            member.session().send(shown(job, replyTo), Reply.ignored());
        } else {
            member.session().read(message.body()).ifPresent(kept -> member.session().send(shown(job, replyTo),
                    Reply.of(sent -> kept.close(), refusal -> kept.close())));
        }
    }

    /** A message as it is shown to who asked: with what it is called, and for him. */
    private Message shown(ScheduledMessages.Job job, WireDestination replyTo) {
        Message message = job.message();
        byte[] bytes = member.connection().broker().formats().of(message.format()).annotate(message, Map.of(Repetition.JOB, job.id()), 0);
        return message.toBuilder().encoded(message.format(), bytes).address(member.destinations().name(replyTo)).routing(replyTo.routing())
                .durable(false).expiration(0).deliverAt(0).duplicateId("").build();
    }
}
