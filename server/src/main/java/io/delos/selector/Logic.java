package io.delos.selector;

import java.util.List;

/** The conditions made of other conditions, and those that only look at one value. */
sealed interface Logic extends Condition {

    /** TRUE, FALSE, and NULL where a condition is expected. */
    record Constant(Truth truth) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            return truth;
        }
    }

    /** A property used as a condition: only a Boolean can be true. */
    record Flag(Operand property) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            Object value = property.value(properties);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of(Boolean.TRUE.equals(value));
        }
    }

    /** All of them. The first that is false decides; those after it aren't computed. */
    record And(List<Condition> parts) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            Truth result = Truth.TRUE;
            for (int i = 0; i < parts.size(); i++) {
                Truth truth = parts.get(i).test(properties);
                if (truth == Truth.FALSE) {
                    return Truth.FALSE;
                }
                result = truth == Truth.UNKNOWN ? truth : result;
            }
            return result;
        }

        @Override public boolean holds(PropertyLookup properties) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).holds(properties)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One of them. The first that is true decides; those after it aren't computed. */
    record Or(List<Condition> parts) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            Truth result = Truth.FALSE;
            for (int i = 0; i < parts.size(); i++) {
                Truth truth = parts.get(i).test(properties);
                if (truth == Truth.TRUE) {
                    return Truth.TRUE;
                }
                result = truth == Truth.UNKNOWN ? truth : result;
            }
            return result;
        }

        @Override public boolean holds(PropertyLookup properties) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).holds(properties)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(Condition inner) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            return inner.test(properties).not();
        }
    }

    /** Never unknown. */
    record IsNull(Operand operand) implements Logic {
        @Override public Truth test(PropertyLookup properties) {
            return Truth.of(operand.value(properties) == null);
        }
    }
}
