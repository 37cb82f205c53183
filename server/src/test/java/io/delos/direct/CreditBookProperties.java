package io.delos.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/** Whatever consumers and producers do, no more is promised than can be taken, and nobody is forgotten. */
class CreditBookProperties {

    private List<CreditBook.Account> accounts;
    private CreditBook book;
    private long anycast;
    private long multicast;

    @BeforeTry
    void anew() {
        accounts = new ArrayList<>();
        book = new CreditBook();
        anycast = -1;
        multicast = -1;
    }

    @Property(tries = 300)
    void neverMoreIsPromisedThanThereIs(@ForAll Random random) {
        for (int step = 0; step < 200; step++) {
            step(random);
            book.capacity(anycast, multicast);
            book.share();
            agrees();
        }
    }

    private void step(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> {
                int kind = random.nextInt(3);
                CreditBook.Account account = new CreditBook.Account(kind != 1, kind != 0, 1 + random.nextInt(50));
                accounts.add(account);
                book.add(account);
            }
            case 1 -> {
                if (!accounts.isEmpty()) {
                    book.remove(accounts.remove(random.nextInt(accounts.size())));
                }
            }
            case 2 -> anycast = random.nextInt(80) - 1;
            case 3 -> multicast = random.nextInt(80) - 1;
            case 4 -> {
                book.capacity(anycast, multicast);
                book.level();
            }
            default -> {
                if (!accounts.isEmpty()) {
                    CreditBook.Account sender = accounts.get(random.nextInt(accounts.size()));
                    long before = sender.granted();
                    book.used(sender);
                    assertThat(sender.granted()).isEqualTo(Math.max(0, before - 1));
                }
            }
        }
    }

    private void agrees() {
        accounts.forEach(account -> assertThat(account.granted()).isNotNegative());
        assertThat(book.promised(true)).isEqualTo(sum(true));
        assertThat(book.promised(false)).isEqualTo(sum(false));
        if (anycast >= 0) {
            assertThat(sum(true)).isLessThanOrEqualTo(anycast);
        }
        if (multicast >= 0) {
            assertThat(sum(false)).isLessThanOrEqualTo(multicast);
        }
        if (anycast < 0 && multicast < 0) {
            assertThat(sum(true) + sum(false)).isZero();
        }
    }

    private long sum(boolean ofAnycast) {
        return accounts.stream().filter(account -> account.uses(ofAnycast)).mapToLong(CreditBook.Account::granted).sum();
    }

    @Property(tries = 100)
    void whileThereIsLittleItGoesRound(@ForAll @IntRange(min = 2, max = 20) int producers, @ForAll @IntRange(min = 1, max = 30) int credit) {
        for (int i = 0; i < producers; i++) {
            accounts.add(new CreditBook.Account(true, false, 10));
            book.add(accounts.get(i));
        }
        book.capacity(credit, -1);
        Set<CreditBook.Account> served = new HashSet<>();
        boolean starving = book.share();
        assertThat(starving).isEqualTo(credit < producers);
        for (int round = 0; round <= producers; round++) {
            accounts.stream().filter(account -> account.granted() > 0).forEach(served::add);
            if (starving) {
                book.level();
                starving = book.share();
            }
        }
        assertThat(served).hasSameSizeAs(accounts);
    }

    @Property(tries = 50)
    void whoComesLaterGetsAShareToo(@ForAll @IntRange(min = 2, max = 100) int credit) {
        CreditBook.Account first = new CreditBook.Account(true, false, 1000);
        CreditBook.Account second = new CreditBook.Account(true, false, 1000);
        book.add(first);
        book.capacity(credit, -1);
        book.share();
        assertThat(first.granted()).isEqualTo(credit);
        book.add(second);
        assertThat(book.share()).isTrue();
        book.level();
        book.share();
        assertThat(second.granted()).isEqualTo(credit / 2);
        assertThat(first.granted()).isEqualTo(credit / 2);
    }
}
