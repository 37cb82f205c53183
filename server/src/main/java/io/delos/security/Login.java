package io.delos.security;

import io.delos.config.ConfigException;
import io.delos.config.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One way of logging in: the modules of an entry of login.config, asked in order, their flags weighed as JAAS does. Blocking; workers
 * call it, several at once.
 */
public final class Login {
    private static final String ARTEMIS = "org.apache.activemq.artemis.spi.core.security.jaas.";
    private static final String BASIC_MANAGER = "org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager";

    private final List<Step> steps;
    /** The entries of the same login.config, for who asks for another one by name. */
    private final Function<String, Optional<Login>> entries;

    private record Step(LoginConfig.Flag flag, LoginModule module) {
        boolean isNeeded() {
            return flag == LoginConfig.Flag.REQUIRED || flag == LoginConfig.Flag.REQUISITE;
        }
    }

    private Login(List<Step> steps, Function<String, Optional<Login>> entries) {
        this.steps = List.copyOf(steps);
        this.entries = entries;
    }

    private Login(List<Step> steps) {
        this(steps, name -> Optional.empty());
    }

    /**
     * The login that an entry of login.config describes.
     *
     * @param folder where its relative file names start: login.config's own
     * @throws ConfigException when there is no such entry or it names a module that isn't supported
     */
    public static Login of(LoginConfig config, String entry, Path folder) {
        Map<String, Optional<Login>> others = new ConcurrentHashMap<>();
        return new Login(steps(config, entry, folder), name -> others.computeIfAbsent(name, other -> config.entries().containsKey(other)
            ? Optional.of(new Login(steps(config, other, folder))) : Optional.empty()));
    }

    private static List<Step> steps(LoginConfig config, String entry, Path folder) {
        List<LoginConfig.Module> modules = config.entries().get(entry);
        if (modules == null) {
            throw new ConfigException(new Place("login.config", 0), entry, "there is no such entry");
        }
        List<Step> steps = new ArrayList<>();
        for (LoginConfig.Module module : modules) {
            steps.add(new Step(module.flag(), module(module, folder)));
        }
        return steps;
    }

    /**
     * The login of the basic security manager, as far as bootstrap.xml describes it: its first user, or its files.
     *
     * @throws ConfigException when it names another manager or gives no user
     */
    public static Login ofManager(String className, Map<String, String> properties, Path folder) {
        if (!className.equals(BASIC_MANAGER)) {
            throw new ConfigException(new Place("bootstrap.xml", 0), "security-manager", "expected " + BASIC_MANAGER
                + ", found '" + className + "'");
        }
        String users = properties.getOrDefault("bootstrapUserFile", "");
        String roles = properties.getOrDefault("bootstrapRoleFile", "");
        if (!users.isEmpty() && !roles.isEmpty()) {
            return new Login(List.of(new Step(LoginConfig.Flag.REQUIRED,
                new PropertiesLogin(new UserSource(folder.resolve(users), folder.resolve(roles), false), PasswordMask.ofProcess()))));
        }
        String user = properties.getOrDefault("bootstrapUser", "");
        if (user.isEmpty()) {
            throw new ConfigException(new Place("bootstrap.xml", 0), "security-manager", "expected bootstrapUser or bootstrapUserFile");
        }
        String stored = properties.getOrDefault("bootstrapPassword", "");
        Identity identity = Identity.of(user, Set.of(properties.getOrDefault("bootstrapRole", "amq")));
        StoredPassword password = new StoredPassword(stored, PasswordMask.ofProcess());
        return new Login(List.of(new Step(LoginConfig.Flag.REQUIRED,
            credentials -> credentials.user().equals(user) && password.accepts(credentials.password())
                ? Optional.of(identity) : Optional.empty())));
    }

    private static LoginModule module(LoginConfig.Module module, Path folder) {
        String name = module.className().startsWith(ARTEMIS) ? module.className().substring(ARTEMIS.length()) : module.className();
        switch (name) {
            case "PropertiesLoginModule": case "SCRAMPropertiesLoginModule": return PropertiesLogin.of(module, folder);
            case "GuestLoginModule": return GuestLogin.of(module);
            case "TextFileCertificateLoginModule": return CertificateLogin.of(module, folder);
            // whom SCRAM has let in needs no second opinion, and nobody else is let in
            case "SCRAMLoginModule": return credentials -> Optional.empty();
            default: throw new ConfigException(new Place("login.config", 0), module.className(), "this login module isn't supported;"
                + " expected PropertiesLoginModule, GuestLoginModule or TextFileCertificateLoginModule of " + ARTEMIS + "*");
        }
    }

    /**
     * Who this is; empty when refused.
     *
     * @throws IOException when a module can't tell
     */
    Optional<Identity> login(Credentials credentials) throws IOException {
        List<Identity> granted = new ArrayList<>();
        boolean failed = false;
        for (Step step : steps) {
            Optional<Identity> answer = step.module.login(credentials);
            answer.ifPresent(granted::add);
            failed |= step.isNeeded() && answer.isEmpty();
            if (step.flag == LoginConfig.Flag.REQUISITE && answer.isEmpty()
                || step.flag == LoginConfig.Flag.SUFFICIENT && answer.isPresent() && !failed) {
                break;
            }
        }
        return failed || granted.isEmpty() ? Optional.empty() : Optional.of(merged(granted));
    }

    /**
     * What it takes to check a SCRAM proof of this user's; empty when nobody of that name can log in so, or when more is asked of users
     * than one module knows.
     *
     * @param entry the entry of login.config to ask instead of this one, if there is one of that name
     * @throws IOException when a module can't tell
     */
    Optional<ScramUser> scram(ScramHash hash, String user, String entry) throws IOException {
        Optional<Login> other = entries.apply(entry);
        return other.isPresent() ? other.get().scram(hash, user) : scram(hash, user);
    }

    private Optional<ScramUser> scram(ScramHash hash, String user) throws IOException {
        for (Step step : steps) {
            Optional<ScramUser> known = step.module.scram(hash, user);
            if (known.isPresent()) {
                return steps.stream().anyMatch(more -> more != step && more.isNeeded()) ? Optional.empty() : known;
            }
        }
        return Optional.empty();
    }

    /** The files it goes by, as they were read last; none before anybody has logged in. Any thread. */
    public List<LoginFile> files() {
        return steps.stream().flatMap(step -> step.module.files().stream()).toList();
    }

    /** Tells one state of the files it goes by from another, after looking at them; those that can't be read are a state too. */
    long revision() {
        long sum = 0;
        for (Step step : steps) {
            try {
                sum += step.module.revision();
            } catch (IOException unreadable) {
                return -1;
            }
        }
        return sum;
    }

    private static Identity merged(List<Identity> granted) {
        if (granted.size() == 1) {
            return granted.get(0);
        }
        Set<String> roles = new HashSet<>();
        granted.forEach(identity -> roles.addAll(identity.roles()));
        return Identity.of(granted.get(0).user(), roles);
    }
}
