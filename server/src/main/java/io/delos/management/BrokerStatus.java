package io.delos.management;

import io.delos.config.BrokerXml;
import io.delos.config.PropertySource;
import io.delos.security.LoginFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The broker's status as JSON (management, section 2.3): what was set beside broker.xml and what logins go by, each with a sum that says which
 * state of it counts, and the state of the broker. Stateless.
 */
final class BrokerStatus {

    private BrokerStatus() {
    }

    static String of(Desk desk) {
        Map<String, Object> sources = new LinkedHashMap<>();
        desk.facts().overrides().forEach(applied -> sources.put(applied.source().name(), source(applied)));
        Map<String, Object> files = new LinkedHashMap<>();
        desk.facts().loginFiles().forEach(file -> files.put(file.name(), file(file)));
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("jaas", Map.of("properties", files));
        server.put("state", "STARTED");
        server.put("version", desk.facts().version());
        server.put("nodeId", desk.broker().nodeId());
        server.put("identity", null);
        server.put("uptime", desk.facts().uptime());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("configuration", Map.of("properties", sources));
        status.put("server", server);
        return Json.text(status);
    }

    /** The names are there twice because one spelling of them was wrong for years. */
    private static Map<String, Object> source(BrokerXml.AppliedSource applied) {
        PropertySource source = applied.source();
        String sum = Long.toString(source.checksum());
        String fileSum = Long.toString(source.fileChecksum());
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("alder32", sum);
        shown.put("fileAlder32", fileSum);
        shown.put("adler32", sum);
        shown.put("fileAdler32", fileSum);
        if (!source.loadError().isEmpty()) {
            shown.put("loadError", source.loadError());
        }
        if (!source.entries().isEmpty()) {
            shown.put("errors", applied.rejected().stream().map(BrokerStatus::error).toList());
        }
        return shown;
    }

    private static Map<String, Object> error(BrokerXml.Rejected rejected) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("value", rejected.entry());
        shown.put("reason", rejected.reason());
        return shown;
    }

    private static Map<String, Object> file(LoginFile file) {
        String sum = Long.toString(file.checksum());
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("reloadTime", Long.toString(file.readAt()));
        for (String spelling : List.of("Alder32", "Adler32")) {
            shown.put(spelling, sum);
        }
        return shown;
    }
}
