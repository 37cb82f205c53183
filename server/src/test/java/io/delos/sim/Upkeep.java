package io.delos.sim;

import java.util.ArrayList;
import java.util.List;

/** The part of the {@link Model} that knows which queues there are, and what is done to them as a whole. */
final class Upkeep {
    private final Model model;
    private final List<Purge> purges = new ArrayList<>();

    /** Somebody is emptying a queue. */
    private record Purge(Target target, List<Copy> waiting, int visits) {
    }

    Upkeep(Model model) {
        this.model = model;
    }

    Target creating(String queue, String address, boolean topic) {
        Target target = new Target(queue, address, topic, "", Target.State.COMING);
        model.add(target);
        model.say(() -> "creating " + queue);
        for (Sent message : model.underWay()) {
            if (target.takes(message)) {
                Copy copy = new Copy(message, target, true);
                if (message.tx == null) {
                    copy.may(Place.QUEUE);
                }
                message.copies.add(copy);
            }
        }
        return target;
    }

    void created(Target target) {
        model.say(() -> "created " + target.name);
        if (target.state == Target.State.COMING) {
            target.state = Target.State.THERE;
        }
    }

    void deleting(Target target) {
        model.say(() -> "deleting " + target.name);
        target.state = Target.State.GOING;
        model.copiesIn(target).forEach(copy -> copy.may(Place.GONE));
    }

    /** It is in use. What a branch has, that waits to be decided, is there for certain then. */
    void notDeleted(Target target) {
        model.say(() -> "kept " + target.name);
        target.state = Target.State.THERE;
        model.copiesIn(target).stream().filter(Copy::prepared).forEach(copy -> copy.not(Place.GONE));
    }

    void deleted(Target target) {
        model.say(() -> "deleted " + target.name);
        target.state = Target.State.ABSENT;
        mayBeCondemned(target);
        for (Copy copy : model.copiesIn(target)) {
            if (copy.mayBe(Place.QUEUE) && copy.sent.message.expired(model.now())) {
                copy.may(Place.OVER);
            }
            copy.may(Place.GONE);
            copy.not(Place.QUEUE);
        }
    }

    Object purging(Target target) {
        List<Copy> waiting = target.subscribers > 0 ? List.of() : model.copiesIn(target).stream()
                .filter(copy -> copy.sent.answered && copy.sent.message.durable() && !copy.handedOut && copy.places(model.now()).size() == 1 && copy.mayBe(Place.QUEUE))
                .toList();
        Purge purge = new Purge(target, waiting, target.visits);
        model.say(() -> "purging " + target.name + " with " + waiting);
        purges.add(purge);
        mayBePurged(target);
        return purge;
    }

    void purged(Object which, boolean done) {
        Purge purge = (Purge) which;
        model.say(() -> "purged " + purge.target.name);
        purges.remove(purge);
        mayBePurged(purge.target);
        if (done && purge.target.visits == purge.visits) {
            purge.waiting.stream().filter(copy -> !copy.handedOut && copy.places(model.now()).stream().noneMatch(p -> p == Place.OVER || p == Place.DEAD))
                    .forEach(copy -> copy.is(Place.GONE));
        }
    }

    private void mayBePurged(Target target) {
        Place place = target.name.equals(Setup.DEAD) ? Place.DEAD : target.name.equals(Setup.OVER) ? Place.OVER : Place.QUEUE;
        for (Sent message : model.sent()) {
            for (Copy copy : message.copies) {
                if (!copy.held() && (target.last() || copy.queue == target) && copy.places(model.now()).contains(place)) {
                    copy.may(Place.GONE);
                }
            }
        }
    }

    /** Somebody sends some of what waits in a queue to the dead letters. */
    void condemning(Target target) {
        model.say(() -> "condemning some of " + target.name);
        target.condemning++;
    }

    /** They have gone there. */
    void condemned(Target target) {
        mayBeCondemned(target);
        target.condemning = Math.max(0, target.condemning - 1);
    }

    private void mayBeCondemned(Target target) {
        if (target.condemning > 0) {
            model.copiesIn(target).stream().filter(copy -> copy.mayBe(Place.QUEUE)).forEach(copy -> copy.may(Place.DEAD));
        }
    }

    /** The process has ended: what was to be done to queues was perhaps done. */
    void crashed() {
        purges.forEach(purge -> mayBePurged(purge.target));
        purges.clear();
        for (Target target : model.targets()) {
            mayBeCondemned(target);
            target.condemning = 0;
            target.groups.clear();
            target.leaving = 0;
            target.subscribers = 0;
        }
    }
}
