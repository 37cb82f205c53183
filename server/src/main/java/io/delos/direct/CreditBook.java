package io.delos.direct;

import java.util.ArrayList;
import java.util.List;

/**
 * Who of a direct address's producers may send how much: never more, all together, than its consumers can take. Owned by the address's loop.
 *
 * <p>Each producer gets an even share, and is given more in portions. When a consumer takes credit back so do the producers' promises shrink.
 * While there is less credit than there are producers it goes round: {@link #level} takes it from those that have not used it.
 */
final class CreditBook {

    private static final int ANYCAST = 0;
    private static final int MULTICAST = 1;
    private static final int SIDES = 2;
    /** A producer that has some is given more when that is at least this part of its most. */
    private static final int PORTION = 4;

    /** One producer's. */
    static final class Account {
        private final boolean[] uses;
        private final int most;
        private long limit;
        private long used;
        private boolean active;

        /** It sends to consumers of one kind or of both, and may be promised {@code most} at once. */
        Account(boolean anycast, boolean multicast, int most) {
            this.uses = new boolean[] {anycast, multicast};
            this.most = most;
        }

        /** Whether it sends to consumers of the one kind, or of the other. */
        boolean uses(boolean anycast) {
            return uses[anycast ? ANYCAST : MULTICAST];
        }

        /** How many messages it may have sent since it came. */
        long limit() {
            return limit;
        }

        /** What it was promised and has not used. */
        long granted() {
            return limit - used;
        }
    }

    private final List<Account> accounts = new ArrayList<>();
    private final long[] capacity = {-1, -1};
    private final long[] promised = new long[SIDES];
    private final int[] users = new int[SIDES];
    private int turn;

    /** What can be taken now, of what goes to one and of what goes to all; fewer than 0 if there is nobody to take it. */
    void capacity(long anycast, long multicast) {
        capacity[ANYCAST] = anycast;
        capacity[MULTICAST] = multicast;
    }

    void add(Account account) {
        accounts.add(account);
        for (int side = 0; side < SIDES; side++) {
            users[side] += account.uses[side] ? 1 : 0;
        }
    }

    void remove(Account account) {
        if (accounts.remove(account)) {
            move(account, -account.granted());
            for (int side = 0; side < SIDES; side++) {
                users[side] -= account.uses[side] ? 1 : 0;
            }
        }
    }

    int count() {
        return accounts.size();
    }

    /** A message came of this producer, whether it was promised or (having been under way when the promise was taken back) not any more. */
    void used(Account account) {
        account.active = true;
        if (account.granted() > 0) {
            change(account, -1);
        } else {
            account.limit++;
        }
        account.used++;
    }

    /** Promises what there is, and takes back what there isn't any more; says whether somebody has got nothing though others have. */
    boolean share() {
        shrink();
        int size = accounts.size();
        boolean starving = false;
        for (int i = 0; i < size; i++) {
            Account account = accounts.get((turn + i) % size);
            long room = Math.min(account.most, fair(account)) - account.granted();
            long portion = Math.min(room, free(account));
            if (portion > 0 && portion >= Math.min(account.granted(), account.most / PORTION)) {
                move(account, portion);
                if (account.granted() == portion && free(account) == 0) {
                    turn = (turn + i + 1) % size;
                    return starving || anyStarving();
                }
            }
            starving |= isStarving(account);
        }
        return starving;
    }

    private boolean anyStarving() {
        for (int i = 0; i < accounts.size(); i++) {
            if (isStarving(accounts.get(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean isStarving(Account account) {
        return account.granted() == 0 && available(account) > 0;
    }

    /** Takes from those that have more than their share, and, if there is not one for each, from those that have not used what they had. */
    void level() {
        for (int i = 0; i < accounts.size(); i++) {
            Account account = accounts.get(i);
            boolean enough = available(account) >= users(account);
            long keeps = enough ? fair(account) : account.active ? account.granted() : 0;
            if (account.granted() > keeps) {
                move(account, keeps - account.granted());
            }
            account.active = false;
        }
    }

    private void shrink() {
        for (int i = 0; i < accounts.size(); i++) {
            Account account = accounts.get(i);
            if (available(account) == 0 && account.granted() > 0) {
                move(account, -account.granted());
            }
        }
        for (int side = 0; side < SIDES; side++) {
            if (capacity[side] >= 0 && promised[side] > capacity[side]) {
                shrink(side);
            }
        }
    }

    /** All give up the same part. */
    private void shrink(int side) {
        double part = (double) capacity[side] / promised[side];
        for (int i = 0; i < accounts.size(); i++) {
            Account account = accounts.get(i);
            if (account.uses[side]) {
                move(account, (long) (account.granted() * part) - account.granted());
            }
        }
    }

    /** What those can take, all together, whom this producer sends to. */
    private long available(Account account) {
        long least = -1;
        for (int side = 0; side < SIDES; side++) {
            if (account.uses[side] && capacity[side] >= 0) {
                least = least < 0 ? capacity[side] : Math.min(least, capacity[side]);
            }
        }
        return Math.max(0, least);
    }

    /** What of it is promised to nobody. */
    private long free(Account account) {
        long least = Long.MAX_VALUE;
        for (int side = 0; side < SIDES; side++) {
            if (account.uses[side] && capacity[side] >= 0) {
                least = Math.min(least, capacity[side] - promised[side]);
            }
        }
        return least == Long.MAX_VALUE ? 0 : Math.max(0, least);
    }

    private int users(Account account) {
        int most = 1;
        for (int side = 0; side < SIDES; side++) {
            if (account.uses[side] && capacity[side] >= 0) {
                most = Math.max(most, users[side]);
            }
        }
        return most;
    }

    private long fair(Account account) {
        return Math.max(1, available(account) / users(account));
    }

    private void move(Account account, long by) {
        account.limit += by;
        change(account, by);
    }

    private void change(Account account, long by) {
        for (int side = 0; side < SIDES; side++) {
            if (account.uses[side]) {
                promised[side] += by;
            }
        }
    }

    /** What is promised of what goes to one, or to all. */
    long promised(boolean anycast) {
        return promised[anycast ? ANYCAST : MULTICAST];
    }
}
