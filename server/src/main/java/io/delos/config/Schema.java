package io.delos.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@link Settings} knows of one record class; made once per class and kept. */
final class Schema<R extends Record> {
    private static final ClassValue<Schema<?>> KNOWN = new ClassValue<>() {
        @Override protected Schema<?> computeValue(Class<?> type) {
            return new Schema<>(type.asSubclass(Record.class));
        }
    };

    private final Constructor<R> constructor;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Declaration> declarations = new LinkedHashMap<>();
    private final Map<String, Declaration> names = new LinkedHashMap<>();
    private volatile Map<String, Object> defaults = Map.of();

    /** A component: a setting with its accessor, or a group with its own schema. Exactly one of the two is present. */
    private record Slot(Method accessor, Optional<Declaration> setting, Optional<Schema<?>> group) {
    }

    private Schema(Class<R> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] parameters = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            parameters[i] = components[i].getType();
            slots.add(slot(components[i]));
        }
        try {
            constructor = type.getDeclaredConstructor(parameters);
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError(impossible);
        }
        constructor.setAccessible(true);
    }

    /** Every setting's value by name where none is given. */
    Map<String, Object> defaults() {
        if (defaults.isEmpty()) {
            defaults = Map.copyOf(values(build(Map.of())));
        }
        return defaults;
    }

    @SuppressWarnings("unchecked")
    static <R extends Record> Schema<R> of(Class<R> type) {
        return (Schema<R>) KNOWN.get(type);
    }

    private Slot slot(RecordComponent component) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        Setting setting = component.getAnnotation(Setting.class);
        if (setting != null) {
            Declaration declaration = Declaration.of(component, setting);
            declare(declaration);
            return new Slot(accessor, Optional.of(declaration), Optional.empty());
        }
        Schema<?> group = of(component.getType().asSubclass(Record.class));
        group.declarations.values().forEach(this::declare);
        return new Slot(accessor, Optional.empty(), Optional.of(group));
    }

    private void declare(Declaration declaration) {
        declarations.put(declaration.name(), declaration);
        List<String> spellings = new ArrayList<>(declaration.aliases());
        spellings.add(declaration.name());
        for (String spelling : spellings) {
            if (names.put(spelling, declaration) != null) {
                throw new AssertionError("declared twice: " + spelling);
            }
        }
    }

    Collection<Declaration> declarations() {
        return Collections.unmodifiableCollection(declarations.values());
    }

    Optional<Declaration> find(String name) {
        return Optional.ofNullable(names.get(name));
    }

    Declaration require(String name) {
        return find(name).orElseThrow(() -> new ConfigException(Place.NONE, name, "no such setting"));
    }

    /** Values are by declared name and already accepted. */
    R build(Map<String, Object> values) {
        return build(values, this);
    }

    private R build(Map<String, Object> values, Schema<?> root) {
        Object[] arguments = new Object[slots.size()];
        for (int i = 0; i < arguments.length; i++) {
            Slot slot = slots.get(i);
            arguments[i] = slot.setting.isPresent()
                ? root.value(slot.setting.get(), values)
                : slot.group.orElseThrow().build(values, root);
        }
        try {
            return constructor.newInstance(arguments);
        } catch (java.lang.reflect.InvocationTargetException refused) {
            if (refused.getCause() instanceof ConfigException) {
                throw (ConfigException) refused.getCause();
            }
            throw new IllegalStateException(refused.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Object value(Declaration declaration, Map<String, Object> values) {
        Object given = values.get(declaration.name());
        if (given != null) {
            return given;
        }
        if (declaration.follows().isEmpty()) {
            return declaration.defaultValue();
        }
        Object followed = value(require(declaration.follows()), values);
        return declaration.times() == 1 ? followed : multiplied(((Number) followed).longValue(), declaration.times());
    }

    private static Object multiplied(long number, int times) {
        return number > Long.MAX_VALUE / times ? Long.valueOf(Long.MAX_VALUE) : Long.valueOf(number * times);
    }

    Map<String, Object> values(Record record) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Slot slot : slots) {
            Object value = read(slot.accessor, record);
            if (slot.setting.isPresent()) {
                values.put(slot.setting.get().name(), value);
            } else {
                values.putAll(slot.group.orElseThrow().values((Record) value));
            }
        }
        return values;
    }

    private static Object read(Method accessor, Record record) {
        try {
            return accessor.invoke(record);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
