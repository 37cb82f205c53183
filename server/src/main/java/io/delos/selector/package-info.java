/**
 * Filters in the language of JMS selectors, as Artemis understands it (address model, section 9). {@link io.delos.selector.Selector}
 * parses a text once into an immutable tree and evaluates the tree against a {@link io.delos.selector.PropertyLookup}, on any thread,
 * without regular expressions and, for plain comparisons, without allocating.
 */
package io.delos.selector;
