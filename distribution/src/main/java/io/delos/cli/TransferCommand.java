package io.delos.cli;

import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "transfer", description = "Move or copy messages from one broker to another.")
final class TransferCommand extends ConnectedAction {

    @Option(names = "--source-url", paramLabel = "<url>", description = "Where messages come from. Default: as --url.")
    String sourceUrl;

    @Option(names = "--source-user", paramLabel = "<user>", description = "User name there.")
    String sourceUser;

    @Option(names = "--source-password", paramLabel = "<password>", description = "Password there.")
    String sourcePassword;

    @Option(names = "--source-acceptor", paramLabel = "<name>", defaultValue = "artemis", description = "The acceptor to take the URL from.")
    String sourceAcceptor;

    @Option(names = "--source-client-id", paramLabel = "<id>", description = "Client id there.")
    String sourceClientId;

    @Option(names = "--source-protocol", paramLabel = "<protocol>", defaultValue = "CORE", converter = Dialect.Reader.class, description = "CORE or AMQP.")
    Dialect sourceProtocol;

    @Option(names = "--source-queue", paramLabel = "<queue>", description = "The queue to read.")
    String sourceQueue;

    @Option(names = "--source-topic", paramLabel = "<topic>", description = "The topic to read.")
    String sourceTopic;

    @Option(names = "--source-filter", paramLabel = "<selector>", description = "Only what matches.")
    String sourceFilter;

    @Option(names = "--target-url", paramLabel = "<url>", description = "Where messages go to. Default: as --url.")
    String targetUrl;

    @Option(names = "--target-user", paramLabel = "<user>", description = "User name there.")
    String targetUser;

    @Option(names = "--target-password", paramLabel = "<password>", description = "Password there.")
    String targetPassword;

    @Option(names = "--target-protocol", paramLabel = "<protocol>", defaultValue = "CORE", converter = Dialect.Reader.class, description = "CORE or AMQP.")
    Dialect targetProtocol;

    @Option(names = "--target-queue", paramLabel = "<queue>", description = "The queue to fill.")
    String targetQueue;

    @Option(names = "--target-topic", paramLabel = "<topic>", description = "The topic to send to.")
    String targetTopic;

    @Option(names = "--commit-interval", paramLabel = "<n>", defaultValue = "1000", description = "Messages in a transaction. Default: ${DEFAULT-VALUE}.")
    int commitInterval;

    @Option(names = "--message-count", paramLabel = "<n>", description = "How many. Default: all.")
    Long messageCount;

    @Option(names = "--receive-timeout", paramLabel = "<ms>", defaultValue = "5000",
            description = "When to give up waiting for the next; 0 = at once, -1 = never. Default: ${DEFAULT-VALUE}.")
    int receiveTimeout;

    @Option(names = "--copy", description = "Leave the messages where they are, too.")
    boolean copy;

    @Option(names = "--durable-consumer", description = "Read the topic through a durable subscription of this name.", paramLabel = "<name>")
    String durableConsumer;

    @Option(names = "--shared-durable-subscription", description = "The same, shared with others.", paramLabel = "<name>")
    String sharedDurable;

    @Option(names = "--shared-subscription", description = "Read the topic through a subscription of this name that is shared, and gone with its consumers.",
            paramLabel = "<name>")
    String shared;

    @Option(names = "--no-Local", description = "Leave out what this connection sent.")
    boolean noLocal;

    @Override
    int perform() throws Exception {
        Place from = place(sourceQueue, sourceTopic, "--source-queue", "--source-topic");
        Place to = place(targetQueue, targetTopic, "--target-queue", "--target-topic");
        if (copy && from.topic()) {
            throw new CliException("--copy reads a queue; a topic's messages are copies already");
        }
        String here = connection.url != null ? connection.url : LocalBroker.url(surroundings(), sourceAcceptor);
        Target source = new Target(sourceUrl == null ? here : sourceUrl, sourceUser == null ? connection.user : sourceUser,
                sourcePassword == null ? connection.password : sourcePassword, sourceClientId, sourceProtocol);
        Target target = new Target(targetUrl == null ? here : targetUrl, targetUser == null ? connection.user : targetUser,
                targetPassword == null ? connection.password : targetPassword, null, targetProtocol);
        try (Messaging reading = connect(source); Messaging writing = connect(target);
                Progress progress = Progress.watch(terminal(), "transferred", messageCount == null ? 0 : messageCount)) {
            long total = transfer(reading, from, writing, to, progress);
            out((copy ? "Copied" : "Transferred") + " a total of " + total + " messages");
        }
        return DONE;
    }

    private static Place place(String queue, String topic, String queueOption, String topicOption) throws CliException {
        if ((queue == null) == (topic == null)) {
            throw new CliException("Give either " + queueOption + " or " + topicOption);
        }
        return new Place(queue == null ? topic : queue, queue == null);
    }

    private Messaging.Wish wish() {
        Optional<String> durable = Optional.ofNullable(sharedDurable).or(() -> Optional.ofNullable(durableConsumer));
        return new Messaging.Wish(Optional.ofNullable(sourceFilter), durable.or(() -> Optional.ofNullable(shared)), durable.isPresent(),
                sharedDurable != null || durable.isEmpty() && shared != null, noLocal);
    }

    private long transfer(Messaging reading, Place from, Messaging writing, Place to, Progress progress) throws IOException {
        long total = 0;
        try (Messaging.Line in = reading.open(!copy); Messaging.Line out = writing.open(true);
                Messaging.Inbox inbox = copy ? in.browse(from, Optional.ofNullable(sourceFilter)) : in.inbox(from, wish());
                Messaging.Outbox outbox = out.outbox(to)) {
            while (messageCount == null || total < messageCount) {
                Optional<NeutralMessage> message = inbox.receive(receiveTimeout);
                if (message.isEmpty()) {
                    break;
                }
                outbox.send(message.get());
                inbox.acknowledge();
                total++;
                progress.count();
                if (commitInterval > 0 && total % commitInterval == 0) {
                    commit(in, out);
                }
            }
            commit(in, out);
        }
        return total;
    }

    /** First there, then here: what happens in between is sent twice at worst, and never lost. */
    private void commit(Messaging.Line in, Messaging.Line out) throws IOException {
        out.commit();
        if (!copy) {
            in.commit();
        }
    }
}
