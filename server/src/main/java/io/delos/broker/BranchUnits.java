package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.message.Xid;
import io.delos.store.Completions;
import io.delos.store.Fact;
import io.delos.store.Staging;
import io.delos.store.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the journal is told of a branch whose shares it has. */
final class BranchUnits {

    private BranchUnits() {
    }

    /** The branch waits to be decided, from the moment this is durable. */
    static final class Prepare extends Unit {
        private final Broker broker;
        private final Loop loop;
        private final Reply<Void> done;

        private Prepare(Broker broker, List<Staging.Prepared> facts, Loop loop, Reply<Void> done) {
            super(facts);
            this.broker = broker;
            this.loop = loop;
            this.done = done;
        }

        /** {@code done} runs on {@code loop}. */
        static Prepare of(Broker broker, Xid xid, List<Share> shares, Loop loop, Reply<Void> done) {
            long now = loop.now();
            return new Prepare(broker, shares.stream().map(share -> new Staging.Prepared(share.number(), now, xid)).toList(), loop, done);
        }

        @Override
        protected void completed(Completions completions) {
            for (Fact fact : facts()) {
                Staging.Prepared prepared = (Staging.Prepared) fact;
                broker.openTransactions().of(prepared.transaction()).prepared = Optional.of(prepared);
            }
            completions.confirmOn(loop, this);
        }

        @Override
        protected void confirm() {
            done.done(null);
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            loop.post(() -> done.failed(Session.diskFailed(cause)));
        }
    }

    /** The branch is committed, or rolled back. */
    static final class Decide extends Unit {
        private final Broker broker;
        private final List<Share> shares;
        private final boolean commit;
        private final Loop loop;
        private final Reply<Void> done;

        private Decide(Broker broker, List<Fact> facts, List<Share> shares, boolean commit, Loop loop, Reply<Void> done) {
            super(facts);
            this.broker = broker;
            this.shares = shares;
            this.commit = commit;
            this.loop = loop;
            this.done = done;
        }

        /** {@code notes} become true with it; {@code done} runs on {@code loop}. */
        static Decide of(Broker broker, List<Share> shares, boolean commit, List<Fact> notes, Loop loop, Reply<Void> done) {
            List<Fact> facts = new ArrayList<>(shares.size() + notes.size());
            for (Share share : shares) {
                facts.add(new Staging.Decided(share.number(), commit));
            }
            facts.addAll(notes);
            return new Decide(broker, facts, shares, commit, loop, done);
        }

        @Override
        protected void completed(Completions completions) {
            for (Share share : shares) {
                Optional<OpenTransactions.Open> open = broker.openTransactions().decided(share.number());
                if (commit) {
                    share.claims().confirm();
                    share.messages().forEach(some -> some.forEachQueue(target -> completions.applyOn(target.loop(), this)));
                    share.ends().forEach(end -> completions.applyOn(end.queue().loop(), this));
                } else {
                    open.ifPresent(parts -> parts.messages.forEach(some -> some.retain(broker.store(), -1)));
                }
            }
            completions.confirmOn(loop, this);
        }

        @Override
        protected void apply(Loop here) {
            shares.forEach(share -> share.apply(here));
        }

        @Override
        protected void confirm() {
            done.done(null);
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            loop.post(() -> done.failed(Session.diskFailed(cause)));
        }
    }
}
