package io.delos.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.broker.HandLoop;
import io.delos.config.RoutingType;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;

/** A direct address among consumers and producers that come, go and change their minds: everything ends exactly once. */
class DirectAddressProperties {

    private HandLoop loop;
    private DirectAddress address;
    private List<Taker> takers;
    private List<Giver> givers;
    private List<Sent> sent;

    @BeforeTry
    void anew() {
        loop = new HandLoop();
        address = new DirectAddress("d", loop, 200);
        takers = new ArrayList<>();
        givers = new ArrayList<>();
        sent = new ArrayList<>();
    }

    /** A consumer by itself: a queue of its own. */
    private final class Taker implements Outlet {
        private final boolean anycast;
        private final List<Offer> held = new ArrayList<>();
        private long credit;

        Taker(boolean anycast) {
            this.anycast = anycast;
        }

        @Override
        public boolean anycast() {
            return anycast;
        }

        @Override
        public boolean attended() {
            return true;
        }

        @Override
        public long credit() {
            return credit;
        }

        @Override
        public Answer ask(Message message, boolean promised) {
            return credit > 0 ? Answer.TAKES : Answer.NO_CREDIT;
        }

        @Override
        public void hand(Offer offer) {
            assertThat(credit).isPositive();
            credit--;
            held.add(offer);
        }

        void settle(Fate fate) {
            held.remove(held.size() - 1).settled(fate);
        }

        void leave() {
            address.remove(this);
            while (!held.isEmpty()) {
                settle(Fate.RELEASED);
            }
        }
    }

    /** A producer with credit, to which its limit is known as late as its loop has it. */
    private final class Giver implements Inlet.Producer {
        private final RoutingType type;
        private final Inlet inlet;
        private long limit;
        private long count;

        Giver(RoutingType type) {
            this.type = type;
            this.inlet = new Inlet(Optional.of(type), 10, loop, this);
        }

        @Override
        public void limit(long messages) {
            limit = messages;
        }

        @Override
        public void gone() {
            limit = 0;
        }
    }

    /** A message, and what its producer has heard. */
    private static final class Sent implements Offer.Sender {
        private final List<Fate> told = new ArrayList<>();
        private int waits;

        @Override
        public void told(Fate fate) {
            told.add(fate);
        }

        @Override
        public void waits() {
            waits++;
        }

        @Override
        public void waitsNoMore() {
            waits--;
        }
    }

    private void offer(RoutingType type, Optional<Inlet> inlet) {
        Message message = Message.of((byte) 1, new byte[1]).address("d").routing(type.code()).build();
        Sent one = new Sent();
        sent.add(one);
        address.offer(new Offer(message, new Offer.Terms(Optional.empty(), inlet, inlet.isEmpty(), false), loop, one));
    }

    private static RoutingType type(Random random) {
        return random.nextBoolean() ? RoutingType.ANYCAST : RoutingType.MULTICAST;
    }

    @Property(tries = 300)
    void everythingEndsOnce(@ForAll Random random) {
        for (int step = 0; step < 300; step++) {
            step(random);
            if (random.nextInt(3) == 0) {
                loop.run();
            }
            if (random.nextInt(20) == 0) {
                loop.pass(random.nextInt(150));
            }
        }
        loop.run();
        List.copyOf(takers).forEach(Taker::leave);
        loop.pass(1000);
        assertThat(sent).allSatisfy(one -> {
            assertThat(one.told).hasSize(1);
            assertThat(one.waits).isZero();
        });
        DirectCounters counters = address.counters();
        assertThat(counters.accepted() + counters.returned()).isEqualTo(sent.size());
        assertThat(counters.accepted()).isEqualTo(sent.stream().filter(one -> one.told.get(0).kind() == Fate.Kind.ACCEPTED).count());
        assertThat(counters.waiting()).isZero();
        assertThat(loop.idle()).isTrue();
    }

    private void step(Random random) {
        switch (random.nextInt(9)) {
            case 0 -> {
                Taker taker = new Taker(random.nextBoolean());
                takers.add(taker);
                address.add(taker);
            }
            case 1 -> {
                Giver giver = new Giver(type(random));
                givers.add(giver);
                address.attach(giver.inlet);
            }
            case 2 -> {
                if (!takers.isEmpty() && random.nextBoolean()) {
                    takers.remove(random.nextInt(takers.size())).leave();
                }
                if (!givers.isEmpty() && random.nextInt(4) == 0) {
                    address.detach(givers.remove(random.nextInt(givers.size())).inlet);
                }
            }
            case 3 -> offer(type(random), Optional.empty());
            case 4, 5 -> takers.stream().skip(random.nextInt(takers.size() + 1)).findFirst().ifPresent(taker -> {
                taker.credit = random.nextInt(3) == 0 ? 0 : taker.credit + random.nextInt(20);
                address.changed();
            });
            case 6 -> takers.stream().filter(taker -> !taker.held.isEmpty()).findAny().ifPresent(taker ->
                    taker.settle(List.of(Fate.ACCEPTED, Fate.ACCEPTED, Fate.REJECTED, Fate.FAILED, Fate.RELEASED).get(random.nextInt(5))));
            default -> givers.stream().filter(giver -> giver.count < giver.limit).findAny().ifPresent(giver -> {
                giver.count++;
                offer(giver.type, Optional.of(giver.inlet));
            });
        }
    }

    @Property(tries = 100)
    void whatIsWithinSteadyCreditIsNeverRefused(@ForAll Random random) {
        for (int i = 0; i < 3; i++) {
            Giver giver = new Giver(RoutingType.ANYCAST);
            givers.add(giver);
            address.attach(giver.inlet);
        }
        for (int i = 0; i < 2; i++) {
            Taker taker = new Taker(true);
            takers.add(taker);
            address.add(taker);
            taker.credit = 3 + random.nextInt(20);
        }
        loop.run();
        for (int step = 0; step < 200; step++) {
            Giver giver = givers.get(random.nextInt(3));
            if (giver.count < giver.limit) {
                giver.count++;
                offer(giver.type, Optional.of(giver.inlet));
            }
            Taker taker = takers.get(random.nextInt(2));
            if (!taker.held.isEmpty()) {
                taker.settle(Fate.ACCEPTED);
                taker.credit++;
                address.changed();
            }
            loop.run();
        }
        assertThat(sent).hasSizeGreaterThan(3);
        assertThat(sent.stream().flatMap(one -> one.told.stream())).allMatch(fate -> fate.kind() == Fate.Kind.ACCEPTED);
    }
}
