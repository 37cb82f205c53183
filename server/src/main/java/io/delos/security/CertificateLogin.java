package io.delos.security;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** TLS clients by their certificate: a properties file from user to distinguished name, or to {@code /regular expression/}, another with roles. */
final class CertificateLogin implements LoginModule {
    private static final String OPTION = "org.apache.activemq.jaas.textfiledn.";

    private final UserSource source;
    private final boolean normalise;

    private CertificateLogin(UserSource source, boolean normalise) {
        this.source = source;
        this.normalise = normalise;
    }

    static CertificateLogin of(LoginConfig.Module module, Path folder) {
        return new CertificateLogin(new UserSource(PropertiesLogin.file(module, OPTION + "user", folder),
            PropertiesLogin.file(module, OPTION + "role", folder), module.isTrue("reload")), module.isTrue("normalise"));
    }

    @Override public long revision() throws IOException {
        return source.snapshot().revision();
    }

    @Override public List<LoginFile> files() {
        return source.files();
    }

    @Override public Optional<Identity> login(Credentials credentials) throws IOException {
        if (credentials.certificateSubject().isEmpty()) {
            return Optional.empty();
        }
        UserSource.Snapshot snapshot = source.snapshot();
        for (Map.Entry<String, String> entry : snapshot.users().entrySet()) {
            if (isSubject(entry.getValue().trim(), credentials.certificateSubject())) {
                return Optional.of(Identity.of(entry.getKey(), snapshot.rolesOf(entry.getKey())));
            }
        }
        return Optional.empty();
    }

    private boolean isSubject(String expected, String subject) {
        if (expected.length() > 1 && expected.startsWith("/") && expected.endsWith("/")) {
            try {
                return Pattern.matches(expected.substring(1, expected.length() - 1), subject);
            } catch (PatternSyntaxException noPattern) {
                return false;
            }
        }
        return normalise ? normalised(expected).equals(normalised(subject)) : expected.equals(subject);
    }

    private static String normalised(String name) {
        return name.replaceAll("\\s*,\\s*", ",").trim();
    }
}
