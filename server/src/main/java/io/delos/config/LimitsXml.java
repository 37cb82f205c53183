package io.delos.config;

import java.util.Map;
import java.util.Optional;

/** Warns of limits that contradict each other: the broker works with them, but not as whoever wrote them may have thought. */
final class LimitsXml {

    private LimitsXml() {
    }

    /** One {@code address-setting} with the values given in it. What it doesn't give may come from a wider match, and is not judged. */
    static void check(XmlElement setting, Map<String, Object> values, XmlContext context) {
        FullPolicy policy = (FullPolicy) values.get("address-full-policy");
        for (XmlElement element : setting.children) {
            String complaint = switch (element.name) {
                case "max-size-bytes" -> nothingFits(element, number(values, element.name), policy)
                        .or(() -> beyondGlobal(number(values, "max-size-bytes"), policy, context)).orElse("");
                case "max-size-messages" -> nothingFits(element, number(values, element.name), policy).orElse("");
                case "page-limit-bytes", "page-limit-messages" -> policy == null || policy == FullPolicy.PAGE ? ""
                        : "counts only with <address-full-policy>PAGE, found " + policy;
                case "page-full-policy" -> given(values, "page-limit-bytes") || given(values, "page-limit-messages") ? ""
                        : "has no effect without <page-limit-bytes> or <page-limit-messages>";
                case "max-size-bytes-reject-threshold" -> threshold(values, policy);
                default -> "";
            };
            if (!complaint.isEmpty()) {
                context.warn(element.place, "<" + element.name + "> " + complaint);
            }
        }
    }

    private static Optional<String> nothingFits(XmlElement element, long limit, FullPolicy policy) {
        return limit != 0 || policy == null || policy == FullPolicy.PAGE ? Optional.empty()
                : Optional.of("of 0 would take no message with " + policy + "; one at a time is taken. Expected -1 for no limit, or more than 0");
    }

    private static Optional<String> beyondGlobal(long limit, FullPolicy policy, XmlContext context) {
        long global = number(context.draft().settings, "global-max-size");
        boolean beyond = policy != null && policy != FullPolicy.PAGE && global > 0 && limit > global;
        return beyond ? Optional.of("of " + limit + " is never reached: <global-max-size> is " + global) : Optional.empty();
    }

    private static String threshold(Map<String, Object> values, FullPolicy policy) {
        long threshold = number(values, "max-size-bytes-reject-threshold");
        if (threshold > 0 && policy != null && policy != FullPolicy.BLOCK) {
            return "counts only with <address-full-policy>BLOCK, found " + policy;
        }
        long limit = number(values, "max-size-bytes");
        return threshold > 0 && limit > threshold ? "of " + threshold + " is less than <max-size-bytes> " + limit
                + ": nothing is refused before the address is full; expected more" : "";
    }

    private static boolean given(Map<String, Object> values, String limit) {
        return number(values, limit) >= 0;
    }

    private static long number(Map<String, Object> values, String setting) {
        return values.get(setting) instanceof Number number ? number.longValue() : -1;
    }

    /** One single-valued setting of the broker, after those before it. */
    static void check(XmlElement element, XmlContext context) {
        Map<String, Object> settings = context.draft().settings;
        long heap = Runtime.getRuntime().maxMemory();
        if (element.name.equals("global-max-size") && number(settings, element.name) > heap) {
            context.warn(element.place, "<global-max-size> of " + number(settings, element.name) + " is more than the heap of " + heap
                    + " bytes (-Xmx): the heap's size is used");
        }
        boolean disk = element.name.equals("min-disk-free") || element.name.equals("max-disk-usage");
        if (disk && number(settings, "min-disk-free") >= 0 && settings.containsKey("max-disk-usage")) {
            context.warn(element.place, "<max-disk-usage> has no effect beside <min-disk-free>");
        }
    }
}
