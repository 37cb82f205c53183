package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;

/**
 * What an operator may know and decide of distributed transactions that their managers have left. Any thread; replies come on the loop that is
 * named. Rights are the caller's to check.
 */
public final class XaAdministration {

    /** Messages of a branch that are told of at most. */
    private static final int MOST = 1000;

    private final Broker broker;
    private final Branches branches;

    /** A prepared branch, and when it was prepared, in milliseconds since the epoch. */
    public record Prepared(Xid xid, long since) { }

    /** A message that a branch will have sent, or acknowledged. */
    public record Work(boolean sent, Message message) { }

    /** A prepared branch with its messages, the first thousand of them; those that can't be read are left out. */
    public record Details(Prepared branch, List<Work> work) { }

    XaAdministration(Broker broker, Branches branches) {
        this.broker = broker;
        this.branches = branches;
    }

    /** Those that wait for a decision, the oldest first. */
    public void prepared(Loop loop, Reply<List<Prepared>> done) {
        branches.loop().post(() -> {
            List<Prepared> all = branches.prepared().stream().map(XaAdministration::described).toList();
            loop.post(() -> done.done(all));
        });
    }

    private static Prepared described(Branch branch) {
        return new Prepared(branch.xid, branch.since());
    }

    /** The same with their messages, which are read from the disk. */
    public void details(Loop loop, Reply<List<Details>> done) {
        branches.loop().post(() -> details(branches.prepared(), new ArrayList<>(), Reply.of(
                all -> loop.post(() -> done.done(all)), refusal -> loop.post(() -> done.failed(refusal)))));
    }

    private void details(List<Branch> left, List<Details> told, Reply<List<Details>> done) {
        if (left.isEmpty()) {
            done.done(told);
            return;
        }
        Branch branch = left.get(0);
        List<Long> positions = new ArrayList<>();
        for (Share share : branch.shares) {
            share.messages().forEach(some -> some.forEachPosition(position -> add(positions, position)));
        }
        int sent = positions.size();
        for (Share share : branch.shares) {
            share.ends().forEach(end -> end.deliveries().stream().filter(delivery -> delivery.durable())
                    .forEach(delivery -> add(positions, delivery.position())));
        }
        long[] places = positions.stream().mapToLong(Long::longValue).toArray();
        broker.store().fetch(places, new int[places.length], places.length, branches.loop(), messages -> {
            List<Work> work = new ArrayList<>(messages.size());
            for (int i = 0; i < messages.size(); i++) {
                if (messages.get(i) != null) {
                    work.add(new Work(i < sent, messages.get(i)));
                }
            }
            told.add(new Details(described(branch), work));
            details(left.subList(1, left.size()), told, done);
        });
    }

    private static void add(List<Long> positions, long position) {
        if (positions.size() < MOST) {
            positions.add(position);
        }
    }

    /** How many messages of a queue prepared branches have acknowledged. */
    public void acknowledged(Queue queue, Loop loop, Reply<Long> done) {
        branches.loop().post(() -> {
            long count = branches.prepared().stream().flatMap(branch -> branch.shares.stream()).flatMap(share -> share.ends().stream())
                    .filter(end -> end.queue() == queue).mapToLong(end -> end.deliveries().size()).sum();
            loop.post(() -> done.done(count));
        });
    }

    /** Commits a prepared branch by {@link Xid#base64}, and remembers that until its manager has heard of it. False if there is none. */
    public void commit(String base64, Loop loop, Reply<Boolean> done) {
        decide(base64, true, loop, done);
    }

    /** Rolls one back in the same way. */
    public void rollback(String base64, Loop loop, Reply<Boolean> done) {
        decide(base64, false, loop, done);
    }

    private void decide(String base64, boolean commit, Loop loop, Reply<Boolean> done) {
        branches.loop().post(() -> branches.decide(base64, commit, Reply.of(
                found -> loop.post(() -> done.done(found)), refusal -> loop.post(() -> done.failed(refusal)))));
    }

    /** The texts of branches that operators have committed and their managers have not asked for. Any thread. */
    public List<String> heuristicallyCommitted() {
        return branches.heuristic(true);
    }

    /** The texts of those that operators have rolled back. Any thread. */
    public List<String> heuristicallyRolledBack() {
        return branches.heuristic(false);
    }
}
