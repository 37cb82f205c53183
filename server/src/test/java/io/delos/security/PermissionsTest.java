package io.delos.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.config.WildcardSyntax;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PermissionsTest {
    private static final Identity AMQ = Identity.of("a", Set.of("amq"));

    private static Permissions permissions(String... matchAndRole) {
        Map<String, Map<Permission, Set<String>>> grants = new HashMap<>();
        for (int i = 0; i < matchAndRole.length; i += 2) {
            grants.put(matchAndRole[i], Map.of(Permission.CONSUME, Set.of(matchAndRole[i + 1])));
        }
        return Permissions.of(new SecuritySettings(grants, Map.of("ext", Set.of("amq", "z"))), WildcardSyntax.DEFAULT, "()", 100);
    }

    @Test
    void onlyTheBestMatchCounts() {
        Permissions permissions = permissions("#", "amq", "a.#", "none", "a.b", "amq", "(a.#)", "other");
        assertThat(permissions.allows(AMQ, Permission.CONSUME, "x")).isTrue();
        assertThat(permissions.allows(AMQ, Permission.CONSUME, "a.c")).isFalse();
        assertThat(permissions.allows(AMQ, Permission.CONSUME, "a.b")).isTrue();
        assertThat(permissions.allows(AMQ, Permission.CONSUME, "a.#")).isFalse();
        assertThat(permissions.allows(AMQ, Permission.SEND, "x")).isFalse();
        assertThat(permissions.grantsFor("a.b")).isEqualTo(Map.of(Permission.CONSUME, Set.of("amq", "ext")));
    }

    /** As a running Artemis 2.56 decides. */
    @ParameterizedTest
    @CsvSource({"fqa::q,false", "fqb::b1,true", "fqb::b2,false", "fqc::c1,false", "fqc::c2,true", "fqd::d1,true", "fqe::e1,true",
        "fqf.x::f1,false", "fqg.x::g1,true", "fqg.x::g2,false", "fqh.x::h1,true", "any::q,true"})
    void aQualifiedNameIsMatchedExactlyOrByItsAddress(String queue, boolean allowed) {
        Permissions permissions = permissions("#", "amq", "fqa", "none", "fqb::b1", "amq", "fqb", "none", "fqc::c1", "none", "fqc", "amq",
            "fqd::*", "none", "fqd", "amq", "fqe::e*", "none", "fqe", "amq", "fqf.x", "none", "fqf.x::#", "amq", "fqg.#", "none",
            "fqg.x::g1", "amq", "fqh.x", "amq", "fqh.x::h*", "none");
        assertThat(permissions.allows(AMQ, Permission.CONSUME, queue)).isEqualTo(allowed);
        assertThat(permissions.allows(AMQ, Permission.CONSUME, queue)).as("remembered").isEqualTo(allowed);
    }

    @Test
    void externalRolesHaveWhatTheyAreMappedTo() {
        Identity external = Identity.of("e", Set.of("ext"));
        assertThat(permissions("#", "amq").allows(external, Permission.CONSUME, "x")).isTrue();
        assertThat(permissions("#", "other").allows(external, Permission.CONSUME, "x")).isFalse();
    }

    @Test
    void whereNothingMatchesNothingIsAllowed() {
        assertThat(permissions("a", "amq").allows(AMQ, Permission.CONSUME, "b")).isFalse();
        assertThat(permissions("a", "amq").allows(Identity.unlimited("node"), Permission.DELETE_ADDRESS, "b")).isTrue();
        assertThat(permissions("#", "amq").allows(Identity.of("", Set.of()), Permission.CONSUME, "b")).isFalse();
    }

    @Test
    void withoutSecurityEverythingIsAllowed() {
        BrokerConfig config = BrokerConfig.defaults();
        assertThat(Permissions.of(config).allows(AMQ, Permission.SEND, "a")).isFalse();
        assertThat(Permissions.of(config.with("security-enabled", false)).allows(AMQ, Permission.SEND, "a")).isTrue();
    }

    @Test
    void manyAddressesDoNotFillTheMemory() {
        Permissions permissions = permissions("#", "amq", "a1", "none");
        for (int i = 0; i < 1000; i++) {
            assertThat(permissions.allows(AMQ, Permission.CONSUME, "a" + i)).isEqualTo(i != 1);
        }
        assertThat(permissions.remembered()).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(Permission.class)
    void everyPermissionHasItsName(Permission permission) {
        assertThat(Permission.ofXmlName(permission.xmlName())).contains(permission);
        assertThat(Permission.ofXmlName("createTempQueue")).contains(Permission.CREATE_NON_DURABLE_QUEUE);
        assertThat(Permission.ofXmlName("deleteTempQueue")).contains(Permission.DELETE_NON_DURABLE_QUEUE);
        assertThat(Permission.ofXmlName("fly")).isEmpty();
    }
}
