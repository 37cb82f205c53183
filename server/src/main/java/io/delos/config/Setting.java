package io.delos.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The one declaration of a setting, put on the record component that holds it. The component's Java type is the setting's type:
 * {@code String}, {@code boolean}, {@code int}, {@code long}, {@code double}, {@code char}, an enum, {@code Pattern} or
 * {@code List<String>} (comma separated).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** As broker.xml, or an acceptor's URL, spells it. */
    String name();

    /** Older spellings that are still understood. */
    String[] alias() default {};

    /** The default, as it would be written in the file. */
    String value() default "";

    /** Bounds. A default may lie outside: then it means "not given". */
    Check check() default Check.ANY;

    /** What a number counts. */
    Unit unit() default Unit.NONE;

    /** Name of the setting in the same record, or its groups, from which the default is taken when it isn't a constant. */
    String follows() default "";

    /** The default is the followed setting multiplied by this. */
    int times() default 1;

    /** Whether a change is taken over while the broker runs. */
    boolean reloadable() default false;

    /** What it means, in a sentence for the operator. */
    String text();
}
