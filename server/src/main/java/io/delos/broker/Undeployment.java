package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.config.AddressConfig;
import io.delos.config.AddressSettings;
import io.delos.config.BrokerConfig;
import io.delos.config.DeletePolicy;
import io.delos.config.DivertConfig;
import io.delos.config.QueueRequest;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Removes at start what the configuration no longer names, where the settings of its address ask for that ({@code config-delete-queues},
 * {@code -addresses}, {@code -diverts}). Owned by the control loop. Queues go that an earlier configuration named; addresses and diverts also if
 * management made them. What appeared by itself stays, and what the broker made for itself.
 */
final class Undeployment {

    private static final Logger LOG = LogManager.getLogger(Undeployment.class);

    private final AddressBook book;
    private final BrokerConfig config;

    Undeployment(AddressBook book, BrokerConfig config) {
        this.book = book;
        this.config = config;
    }

    /** Whether any settings ask for it. */
    static boolean wanted(BrokerConfig config) {
        return config.addressSettings().entries().values().stream().flatMap(match -> match.entrySet().stream())
                .anyMatch(setting -> setting.getKey().startsWith("config-delete-") && setting.getValue() == DeletePolicy.FORCE);
    }

    /** Removes it; {@code gone} runs when that is durable, at once if there is nothing to be removed. */
    void run(Administration administration, Diverts diverts, Loop loop, Runnable gone) {
        List<String> divertNames = diverts();
        List<AddressRecord> addresses = addresses();
        List<Queue> queues = queues(addresses);
        int[] left = {divertNames.size() + addresses.size() + queues.size() + 1};
        Runnable one = () -> {
            left[0]--;
            if (left[0] == 0) {
                gone.run();
            }
        };
        Reply<Void> each = Reply.of(done -> one.run(), refusal -> {
            LOG.warn("What the configuration no longer names could not be removed: {}", refusal.getMessage());
            one.run();
        });
        for (String divert : divertNames) {
            LOG.info("Undeploying divert {}: the configuration no longer names it", divert);
            diverts.delete(divert, loop, each);
        }
        for (AddressRecord address : addresses) {
            LOG.info("AMQ224076: Undeploying address {}: the configuration no longer names it", address.name());
            administration.deleteAddress(address.name(), true, loop, each);
        }
        for (Queue queue : queues) {
            LOG.info("AMQ224077: Undeploying queue {}: the configuration no longer names it", queue.name());
            administration.deleteQueue(queue.name(), true, loop, each);
        }
        one.run();
    }

    private boolean forced(String address, Function<AddressSettings.Creation, DeletePolicy> policy) {
        return policy.apply(book.settingsOf(address).creation()) == DeletePolicy.FORCE;
    }

    private List<String> diverts() {
        List<String> named = config.diverts().stream().map(DivertConfig::name).toList();
        return book.diverts().stream().filter(divert -> !named.contains(divert.name()) && forced(divert.config().address(),
                creation -> creation.configDeleteDiverts())).map(divert -> divert.name()).toList();
    }

    private List<AddressRecord> addresses() {
        Set<String> named = new HashSet<>(List.of(config.management().address(), config.management().notificationAddress()));
        config.addresses().forEach(address -> named.add(address.name()));
        return book.addresses().stream().filter(address -> !address.autoCreated() && !address.temporary() && !named.contains(address.name())
                && !address.name().startsWith(config.general().internalNamingPrefix())
                && forced(address.name(), creation -> creation.configDeleteAddresses())).toList();
    }

    private List<Queue> queues(List<AddressRecord> gone) {
        Set<String> named = new HashSet<>();
        for (AddressConfig address : config.addresses()) {
            address.queues().stream().map(QueueRequest::name).forEach(named::add);
        }
        return book.addresses().stream().filter(address -> !gone.contains(address)).flatMap(address -> address.queues().stream()).filter(queue -> queue.config().configured()
                && !named.contains(queue.name()) && forced(queue.address(), creation -> creation.configDeleteQueues())).toList();
    }
}
