package io.delos.store;

import io.delos.loop.Loop;
import java.util.ArrayList;

/**
 * What a commit group has made durable, sorted by the loops to be told: one bundle for each to apply, then one for each to confirm, so that
 * whoever acts on a confirmation finds its effect. Owned by the journal thread.
 */
public final class Completions {

    private final ArrayList<Bundle> applying = new ArrayList<>();
    private final ArrayList<Bundle> confirming = new ArrayList<>();

    /** {@link Unit#apply} is to run on this loop; named twice for one unit in a row, it runs once. */
    public void applyOn(Loop loop, Unit unit) {
        Bundle bundle = bundle(applying, loop, false);
        int last = bundle.units.size() - 1;
        if (last < 0 || bundle.units.get(last) != unit) {
            bundle.units.add(unit);
        }
    }

    /** {@link Unit#confirm} is to run on this loop. */
    public void confirmOn(Loop loop, Unit unit) {
        bundle(confirming, loop, true).units.add(unit);
    }

    private static Bundle bundle(ArrayList<Bundle> bundles, Loop loop, boolean confirm) {
        for (int i = 0; i < bundles.size(); i++) {
            if (bundles.get(i).loop == loop) {
                return bundles.get(i);
            }
        }
        Bundle made = new Bundle(loop, confirm);
        bundles.add(made);
        return made;
    }

    void flush() {
        post(applying);
        post(confirming);
    }

    private static void post(ArrayList<Bundle> bundles) {
        for (int i = 0; i < bundles.size(); i++) {
            bundles.get(i).loop.post(bundles.get(i));
        }
        bundles.clear();
    }

    private static final class Bundle implements Runnable {
        final Loop loop;
        final boolean confirm;
        final ArrayList<Unit> units = new ArrayList<>();

        Bundle(Loop loop, boolean confirm) {
            this.loop = loop;
            this.confirm = confirm;
        }

        @Override
        public void run() {
            for (int i = 0; i < units.size(); i++) {
                if (confirm) {
                    units.get(i).confirm();
                } else {
                    units.get(i).apply(loop);
                }
            }
        }
    }
}
