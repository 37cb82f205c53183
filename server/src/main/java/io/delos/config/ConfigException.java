package io.delos.config;

/** A configuration that can't be used: says in one line which file, which line, which element, and what was expected there. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_VALUE = 200;

    private final transient Place place;
    private final String element;
    private final String expectation;

    /**
     * @param element the element, attribute or property at fault, as the user wrote it; empty when the file as a whole is
     * @param expectation what should have been there, as the end of the sentence "element: ..."
     */
    public ConfigException(Place place, String element, String expectation) {
        super(sentence(place, element, expectation));
        this.place = place;
        this.element = element;
        this.expectation = expectation;
    }

    /** The value of {@code element} is wrong. */
    static ConfigException wrongValue(String element, String expected, String found) {
        String shown = found.length() > LONGEST_VALUE ? found.substring(0, LONGEST_VALUE) + "..." : found;
        return new ConfigException(Place.NONE, element, "expected " + expected + ", found '" + shown + "'");
    }

    /** The same complaint with a place; one that already has a place keeps it. */
    ConfigException at(Place better) {
        if (place != null && !place.equals(Place.NONE)) {
            return this;
        }
        ConfigException moved = new ConfigException(better, element, expectation);
        moved.setStackTrace(getStackTrace());
        return moved;
    }

    public Place place() {
        return place == null ? Place.NONE : place;
    }

    public String element() {
        return element;
    }

    public String expectation() {
        return expectation;
    }

    private static String sentence(Place place, String element, String expectation) {
        StringBuilder text = new StringBuilder();
        if (!place.equals(Place.NONE)) {
            text.append(place).append(": ");
        }
        if (!element.isEmpty()) {
            text.append(element).append(": ");
        }
        return text.append(expectation).toString().replaceAll("[\\p{Cntrl}]+", " ");
    }
}
