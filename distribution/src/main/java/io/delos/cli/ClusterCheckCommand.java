package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "cluster", description = "Check that all members of a cluster see the same members and the same time.")
final class ClusterCheckCommand extends ConnectedAction {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final String ROW = "%-40s | %-25s | %-19s | %-25s | %-19s";

    @Option(names = "--variance", paramLabel = "<ms>", defaultValue = "1000",
            description = "How far apart the clocks may be. Default: ${DEFAULT-VALUE}.")
    long variance;

    private boolean reachable = true;

    /** A member as the topology names it; addresses are {@code host:port}. */
    private record Member(String nodeId, Optional<String> primary, Optional<String> backup) {

        static List<Member> of(String topology) throws IOException {
            List<Member> members = new ArrayList<>();
            for (JsonNode node : Json.parse(topology)) {
                members.add(new Member(node.path("nodeID").asText(), text(node, "primary").or(() -> text(node, "live")), text(node, "backup")));
            }
            return members;
        }

        private static Optional<String> text(JsonNode node, String name) {
            return node.hasNonNull(name) ? Optional.of(node.get(name).asText()) : Optional.empty();
        }

        String primaryUrl() {
            return primary.map(address -> "tcp://" + address).orElse("null");
        }

        String backupUrl() {
            return backup.map(address -> "tcp://" + address).orElse("null");
        }
    }

    @Override
    int perform() throws Exception {
        List<Member> members;
        try (Messaging messaging = connect(); Management management = messaging.management()) {
            members = Member.of(management.call("broker", "listNetworkTopology").asText());
        } catch (ManagementException e) {
            throw new CliException(e.getMessage(), e);
        }
        long spread = tellTimes(members);
        boolean same = true;
        for (Member member : members) {
            out("--> Verifying Topology for NodeID " + member.nodeId() + ", primary = " + member.primaryUrl() + ", backup = " + member.backupUrl());
            if (member.primary().isPresent()) {
                out("   verification on primary " + member.primaryUrl());
                same &= verify(member.primaryUrl(), members);
            }
        }
        return same && reachable && spread <= variance ? DONE : FAILED;
    }

    private long tellTimes(List<Member> members) {
        out(Stars.LINE);
        out(String.format(ROW, "nodeID", "primary", "primary local time", "backup", "backup local time").stripTrailing());
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        for (Member member : members) {
            Optional<Long> time = member.primary().flatMap(address -> time(member.primaryUrl()));
            if (time.isPresent()) {
                // against our own clock, so that asking one after the other does not count
                long ahead = time.get() - System.currentTimeMillis();
                earliest = Math.min(earliest, ahead);
                latest = Math.max(latest, ahead);
            }
            out(String.format(ROW, member.nodeId(), member.primaryUrl(), time.map(millis -> TIME.format(Instant.ofEpochMilli(millis))).orElse("null"),
                    member.backupUrl(), "null").stripTrailing());
        }
        long spread = latest < earliest ? 0 : latest - earliest;
        out("Time variance in the cluster is " + spread + " milliseconds");
        out(Stars.LINE);
        return spread;
    }

    private Optional<Long> time(String url) {
        try (Messaging messaging = reach(url); Management management = messaging.management()) {
            return Optional.of(management.read("broker", "CurrentTimeMillis").asLong());
        } catch (IOException | ManagementException | CliException e) {
            terminal().complain("Cannot reach " + url + ": " + e.getMessage());
            reachable = false;
            return Optional.empty();
        }
    }

    private boolean verify(String url, List<Member> expected) {
        try (Messaging messaging = reach(url); Management management = messaging.management()) {
            List<Member> seen = Member.of(management.call("broker", "listNetworkTopology").asText());
            if (seen.size() == expected.size() && seen.containsAll(expected)) {
                out("   ok!");
                return true;
            }
            terminal().complain("   it sees others: " + seen);
        } catch (IOException | ManagementException | CliException e) {
            terminal().complain("   " + e.getMessage());
        }
        return false;
    }

    private Messaging reach(String url) throws IOException, CliException {
        Target target = new Target(url, connection.user, connection.password, null, connection.protocol);
        return target.dialect().connect(BrokerUrl.parse(url), target.login());
    }
}
