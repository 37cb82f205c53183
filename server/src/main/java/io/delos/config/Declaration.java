package io.delos.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A {@link Setting} together with its Java type: enough to read, check, show and document a value.
 *
 * @param defaultText the default as written in a file; empty together with a {@code follows} that names another setting
 */
public record Declaration(String name, List<String> aliases, Class<?> type, String defaultText, Check check, Unit unit,
                          String follows, int times, boolean reloadable, String text) {

    static Declaration of(RecordComponent component, Setting setting) {
        return new Declaration(setting.name(), List.of(setting.alias()), component.getType(), setting.value(), setting.check(),
            setting.unit(), setting.follows(), setting.times(), setting.reloadable(), setting.text());
    }

    /**
     * Reads and checks a value.
     *
     * @throws ConfigException without a place, when the text isn't of this setting's type or not within its bounds
     */
    public Object parse(String written) {
        String value = written.trim();
        Object parsed;
        try {
            parsed = convert(value);
        } catch (IllegalArgumentException wrong) {
            throw ConfigException.wrongValue(name, expectation(), value);
        }
        if (!accepts(parsed)) {
            throw ConfigException.wrongValue(name, expectation(), value);
        }
        return parsed;
    }

    /** Checks a value that is already of the setting's type; text is read as in a file. */
    Object accept(Object value) {
        if (value instanceof String && type != String.class) {
            return parse((String) value);
        }
        if (type == long.class && value instanceof Integer) {
            return accept(((Integer) value).longValue());
        }
        if (!boxed().isInstance(value) || !accepts(value)) {
            throw ConfigException.wrongValue(name, expectation(), String.valueOf(value));
        }
        return value;
    }

    Object defaultValue() {
        return convert(defaultText);
    }

    /** What a value must look like, as the end of "expected ...". */
    public String expectation() {
        if (check != Check.ANY) {
            return unit == Unit.BYTES ? check.expectation() + ", with an optional unit K, M or G" : check.expectation();
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == long.class) {
            String limit = type == int.class ? "a whole number up to 2147483647" : "a whole number";
            return unit == Unit.BYTES ? limit + ", with an optional unit K, M or G" : limit;
        }
        if (type == double.class) {
            return "a number";
        }
        if (type == char.class) {
            return "one character";
        }
        if (type == Pattern.class) {
            return "a regular expression";
        }
        return type.isEnum() ? "one of " + Arrays.toString(type.getEnumConstants()) : "text";
    }

    private boolean accepts(Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return check.accepts(((Number) value).longValue());
        }
        if (value instanceof Double) {
            return check.accepts(((Double) value).doubleValue());
        }
        return !(value instanceof String) || check.accepts((String) value);
    }

    private Object convert(String value) {
        if (type == String.class) {
            return value;
        }
        if (type == boolean.class) {
            return bool(value);
        }
        if (type == int.class) {
            return Math.toIntExact(number(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
        }
        if (type == long.class) {
            return number(value, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class) {
            return real(value);
        }
        if (type == char.class) {
            return character(value);
        }
        if (type == Pattern.class) {
            return pattern(value);
        }
        if (type == List.class) {
            return list(value);
        }
        return constant(value);
    }

    private static Boolean bool(String value) {
        switch (value.toLowerCase(Locale.ROOT)) {
            case "true": return true;
            case "false": return false;
            default: throw new IllegalArgumentException(value);
        }
    }

    private long number(String value, long lowest, long highest) {
        long number = unit == Unit.BYTES ? Sizes.parse(value) : Long.parseLong(value);
        if (number < lowest || number > highest) {
            throw new IllegalArgumentException(value);
        }
        return number;
    }

    private static Double real(String value) {
        double number = Double.parseDouble(value);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new IllegalArgumentException(value);
        }
        return number;
    }

    private static Character character(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(value);
        }
        return value.charAt(0);
    }

    private static Pattern pattern(String value) {
        try {
            return Pattern.compile(value);
        } catch (PatternSyntaxException | StackOverflowError wrong) {
            throw new IllegalArgumentException(value);
        }
    }

    static List<String> list(String value) {
        List<String> items = new ArrayList<>();
        for (String item : value.split(",")) {
            if (!item.isBlank()) {
                items.add(item.trim());
            }
        }
        return List.copyOf(items);
    }

    private Object constant(String value) {
        for (Object candidate : type.getEnumConstants()) {
            if (((Enum<?>) candidate).name().equalsIgnoreCase(value)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException(value);
    }

    private Class<?> boxed() {
        return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
    }
}
