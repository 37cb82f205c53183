package io.delos.selector;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Recursive descent over the grammar of address model 9.2; one use each. Depth is bounded twice, because the tree is later evaluated by
 * recursion: by nesting, and by the operators that lie on a path from the root. AND and OR are flat lists and don't count.
 */
final class Parser {
    private static final int DEEPEST_NESTING = 250;
    private static final int LONGEST_CHAIN = 1000;
    private static final String CONVERT = "convert_string_expressions:";
    private static final String HYPHENS = "hyphenated_props:";
    private static final String NO = "no_";

    private final String text;
    private final Lexer lexer;
    private final boolean convert;
    private Token token;
    private int nesting;
    private int chain;

    private Parser(String text, int from, boolean convert, boolean hyphens) {
        this.text = text;
        this.convert = convert;
        this.lexer = new Lexer(text, from, hyphens);
        this.token = lexer.next();
    }

    static Condition parse(String text) {
        boolean convert = false;
        boolean hyphens = false;
        int from = 0;
        while (true) {
            boolean no = text.startsWith(NO, from);
            int name = no ? from + NO.length() : from;
            if (text.startsWith(CONVERT, name)) {
                convert = !no;
                from = name + CONVERT.length();
            } else if (text.startsWith(HYPHENS, name)) {
                hyphens = !no;
                from = name + HYPHENS.length();
            } else {
                return new Parser(text, from, convert, hyphens).selector();
            }
        }
    }

    private Condition selector() {
        Condition condition = condition(or());
        if (token.kind() != Token.Kind.END) {
            throw wrong("'" + token.text() + "' wasn't expected");
        }
        return condition;
    }

    private Operand or() {
        Operand first = and();
        if (!isKeyword("OR")) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(condition(first)));
        while (acceptKeyword("OR")) {
            parts.add(condition(and()));
        }
        return new Logic.Or(List.copyOf(parts));
    }

    private Operand and() {
        int before = chain;
        Operand first = equality();
        if (isKeyword("AND")) {
            List<Condition> parts = new ArrayList<>(List.of(condition(first)));
            chain = before;
            while (acceptKeyword("AND")) {
                parts.add(condition(equality()));
                chain = before;
            }
            first = new Logic.And(List.copyOf(parts));
        }
        chain = before;
        return first;
    }

    private Operand equality() {
        Operand left = comparison();
        while (true) {
            boolean unequal = isSymbol("<>");
            if (unequal || isSymbol("=")) {
                advance();
                link();
                left = equal(left, comparison(), unequal);
            } else if (acceptKeyword("IS")) {
                link();
                boolean not = acceptKeyword("NOT");
                expectKeyword("NULL");
                Condition isNull = new Logic.IsNull(left);
                left = not ? new Logic.Not(isNull) : isNull;
            } else {
                return left;
            }
        }
    }

    private Operand equal(Operand left, Operand right, boolean unequal) {
        if (isConstant(left, null) || isConstant(right, null)) {
            throw wrong("NULL can't be compared; use IS NULL");
        }
        if (isBoolean(left) && right instanceof Operand.Literal && !isBoolean(right)) {
            throw wrong("TRUE and FALSE equal no other constant");
        }
        return new Equality(left, right, unequal, convert);
    }

    private Operand comparison() {
        Operand left = add();
        while (true) {
            if (token.kind() == Token.Kind.SYMBOL && relation() != null) {
                Order.Relation relation = relation();
                advance();
                link();
                left = new Order(ordered(left), ordered(add()), relation, convert);
            } else if (isKeyword("NOT") || isKeyword("LIKE") || isKeyword("BETWEEN") || isKeyword("IN")) {
                link();
                left = predicate(left, acceptKeyword("NOT"));
            } else {
                return left;
            }
        }
    }

    private Order.Relation relation() {
        switch (token.text()) {
            case "<": return Order.Relation.LESS;
            case "<=": return Order.Relation.AT_MOST;
            case ">": return Order.Relation.GREATER;
            case ">=": return Order.Relation.AT_LEAST;
            default: return null;
        }
    }

    private Operand predicate(Operand left, boolean not) {
        if (acceptKeyword("LIKE")) {
            String pattern = expectString();
            if (!acceptKeyword("ESCAPE")) {
                return Like.of(left, pattern, not);
            }
            String escape = expectString();
            if (escape.length() != 1) {
                throw wrong("ESCAPE takes one character");
            }
            return Like.of(left, pattern, escape.charAt(0), not);
        }
        if (acceptKeyword("BETWEEN")) {
            return between(ordered(left), not);
        }
        expectKeyword("IN");
        if (!(left instanceof Operand.Property)) {
            throw wrong("IN takes a property on its left");
        }
        return new In(left, choices(), not);
    }

    private Operand between(Operand value, boolean not) {
        Operand low = ordered(add());
        expectKeyword("AND");
        Operand high = ordered(add());
        if (not) {
            return new Logic.Or(List.of(new Order(value, low, Order.Relation.LESS, convert),
                new Order(value, high, Order.Relation.GREATER, convert)));
        }
        return new Logic.And(List.of(new Order(value, low, Order.Relation.AT_LEAST, convert),
            new Order(value, high, Order.Relation.AT_MOST, convert)));
    }

    private Set<String> choices() {
        expectSymbol("(");
        Set<String> choices = new HashSet<>();
        do {
            choices.add(expectString());
        } while (acceptSymbol(","));
        expectSymbol(")");
        return Set.copyOf(choices);
    }

    private Operand add() {
        Operand left = multiply();
        while (isSymbol("+") || isSymbol("-")) {
            char operator = advance().text().charAt(0);
            link();
            left = new Arithmetic(left, multiply(), operator, convert);
        }
        return left;
    }

    private Operand multiply() {
        Operand left = unary();
        while (isSymbol("*") || isSymbol("/") || isSymbol("%")) {
            char operator = advance().text().charAt(0);
            link();
            left = new Arithmetic(left, unary(), operator, convert);
        }
        return left;
    }

    private Operand unary() {
        nest();
        Operand operand;
        if (acceptSymbol("+")) {
            operand = unary();
        } else if (acceptSymbol("-")) {
            operand = Minus.of(unary());
        } else if (acceptKeyword("NOT")) {
            operand = new Logic.Not(condition(unary()));
        } else if (isKeyword("XPATH") || isKeyword("XQUERY")) {
            throw wrong(token.text() + " isn't supported");
        } else {
            operand = primary();
        }
        nesting--;
        return operand;
    }

    private Operand primary() {
        if (acceptSymbol("(")) {
            Operand inner = or();
            expectSymbol(")");
            return inner;
        }
        Token literal = advance();
        switch (literal.kind()) {
            case IDENTIFIER: return new Operand.Property(literal.text());
            case STRING: return new Operand.Literal(literal.text());
            case NUMBER: return new Operand.Literal(number(literal.text()));
            default: break;
        }
        if (literal.is(Token.Kind.KEYWORD, "TRUE")) {
            return new Operand.Literal(Boolean.TRUE);
        }
        if (literal.is(Token.Kind.KEYWORD, "FALSE")) {
            return new Operand.Literal(Boolean.FALSE);
        }
        if (literal.is(Token.Kind.KEYWORD, "NULL")) {
            return new Operand.Literal(null);
        }
        throw wrong(literal == Token.END ? "something is missing at the end" : "'" + literal.text() + "' wasn't expected");
    }

    private Number number(String written) {
        try {
            return Numbers.parse(written);
        } catch (NumberFormatException notANumber) {
            throw wrong("no number: " + written);
        }
    }

    /** The operand where a condition is needed. */
    private Condition condition(Operand operand) {
        if (operand instanceof Condition) {
            return (Condition) operand;
        }
        if (operand instanceof Operand.Property) {
            return new Logic.Flag(operand);
        }
        if (isConstant(operand, null)) {
            return new Logic.Constant(Truth.UNKNOWN);
        }
        if (isBoolean(operand)) {
            return new Logic.Constant(Truth.of(isConstant(operand, Boolean.TRUE)));
        }
        throw wrong("a condition is needed, not a value");
    }

    /** The operand where one with an order is needed: not a condition, and no constant but a number. */
    private Operand ordered(Operand operand) {
        if (operand instanceof Condition || operand instanceof Operand.Literal && !(((Operand.Literal) operand).constant() instanceof Number)) {
            throw wrong("what is compared with <, > or BETWEEN must be a number or a property");
        }
        return operand;
    }

    private static boolean isConstant(Operand operand, Object value) {
        return operand instanceof Operand.Literal && java.util.Objects.equals(((Operand.Literal) operand).constant(), value);
    }

    private static boolean isBoolean(Operand operand) {
        return operand instanceof Operand.Literal && ((Operand.Literal) operand).constant() instanceof Boolean;
    }

    private void nest() {
        if (++nesting > DEEPEST_NESTING) {
            throw wrong("nested too deeply");
        }
    }

    private void link() {
        if (++chain > LONGEST_CHAIN) {
            throw wrong("too many operators in a row");
        }
    }

    private Token advance() {
        Token current = token;
        token = lexer.next();
        return current;
    }

    private boolean isKeyword(String keyword) {
        return token.is(Token.Kind.KEYWORD, keyword);
    }

    private boolean isSymbol(String symbol) {
        return token.is(Token.Kind.SYMBOL, symbol);
    }

    private boolean acceptKeyword(String keyword) {
        boolean accepted = isKeyword(keyword);
        if (accepted) {
            advance();
        }
        return accepted;
    }

    private boolean acceptSymbol(String symbol) {
        boolean accepted = isSymbol(symbol);
        if (accepted) {
            advance();
        }
        return accepted;
    }

    private void expectKeyword(String keyword) {
        if (!acceptKeyword(keyword)) {
            throw wrong(keyword + " was expected, not '" + token.text() + "'");
        }
    }

    private void expectSymbol(String symbol) {
        if (!acceptSymbol(symbol)) {
            throw wrong("'" + symbol + "' was expected, not '" + token.text() + "'");
        }
    }

    private String expectString() {
        if (token.kind() != Token.Kind.STRING) {
            throw wrong("a string was expected, not '" + token.text() + "'");
        }
        return advance().text();
    }

    private InvalidSelectorException wrong(String reason) {
        return new InvalidSelectorException(text, reason);
    }
}
