// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.access.KeyStore;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.Forms;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code keys}: who may use the server. */
@CommandLine.Command(
        name = "keys",
        description = {
            "Makes, lists, rotates and revokes the keys with which clients use the server. Works on the stores, never over HTTP;"
                    + " all servers on them know it within seconds. A key is shown once, when it is made.",
            "",
            "  keys create NAME --role ROLE...   makes a key",
            "  keys list                         lists them: never the keys themselves",
            "  keys rotate NAME                  makes a new key in place of one, which",
            "                                    counts for a while yet",
            "  keys revoke NAME                  refuses a key from now on, for good",
            "",
            "Roles, none of which implies another: ingest (append events), read (events and the graph), admin (operate),"
                    + " privacy (personal payloads)."
        })
final class KeysCommand extends Command {
    private static final Duration GRACE = Duration.ofHours(1);

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "create, list, rotate or revoke (default: ${DEFAULT-VALUE}).")
    private String action = "list";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The key, by its name.")
    private @Nullable String name;

    @Option(names = "--role", paramLabel = "ROLE", description = "What it allows; more than one may be given.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = "--expires-in",
            paramLabel = "DURATION",
            description = "For how long it counts, such as 90d (default: until it is revoked).")
    private @Nullable String expiresIn;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "How long the key that is rotated still counts (default: 1h; 0s: not at all).")
    private @Nullable String grace;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            description = "Its limit in place of limits.key-requests; 0: none.")
    private @Nullable Long requestsPerSecond;

    @Option(
            names = "--bytes-per-second",
            paramLabel = "SIZE",
            description = "Its limit in place of limits.key-bytes, at least 64kb; 0: none.")
    private @Nullable String bytesPerSecond;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    KeysCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        return switch (action) {
            case "create" -> create();
            case "list" -> list();
            case "rotate" -> rotate();
            case "revoke" -> revoke();
            default -> throw usage("no such action: " + action);
        };
    }

    private int create() throws IOException {
        String wanted = name();
        if (!AccessKey.isName(wanted)) {
            throw usage("NAME must be " + AccessKey.NAME_RULE + ": " + wanted);
        }
        Set<KeyRole> allowed = roles();
        Instant now = now();
        KeySecret secret = KeySecret.random(new SecureRandom());
        AccessKey key =
                AccessKey.create(wanted, secret, allowed, now, expiresIn().map(now::plus), limits());
        return with(store -> {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("roles", names(allowed));
            key.expiresAt().ifPresent(end -> details.put("expires_at", Times.format(end)));
            if (!audited(store, "keys create", details, () -> store.keys().add(key))) {
                return refused("key_exists", "there is or was a key of the name " + wanted + ": choose another");
            }
            return reveal(key, secret, "made the key " + wanted);
        });
    }

    private int rotate() throws IOException {
        Duration left = grace == null ? GRACE : duration("--grace", grace);
        KeySecret secret = KeySecret.random(new SecureRandom());
        return change(
                "keys rotate", Map.of("grace", left.toString()), key -> key.rotated(secret, now().plus(left)), key -> {
                    String until =
                            key.previous().map(one -> Times.format(one.until())).orElse("");
                    return reveal(
                            key, secret, "rotated the key " + key.name() + "; the one before counts until " + until);
                });
    }

    private int revoke() throws IOException {
        return change("keys revoke", Map.of(), key -> key.revoked(now()), key -> {
            if (json) {
                printJson(toJson(key, Optional.empty()));
            } else {
                console().out().println("revoked " + key.name());
            }
            return ExitCode.OK;
        });
    }

    /** Makes another of a key. */
    private interface Change {
        AccessKey of(AccessKey key);
    }

    /** Says what has become of it. */
    private interface Telling {
        int tell(AccessKey key);
    }

    private int change(String what, Map<String, String> details, Change change, Telling telling) throws IOException {
        String wanted = name();
        return with(store -> {
            Optional<AccessKey> found = store.keys().find(wanted);
            if (found.isEmpty()) {
                return notFound("there is no key of the name " + wanted);
            }
            AccessKey was = found.get();
            if (was.revokedAt().isPresent()) {
                return refused("key_revoked", "the key " + wanted + " has been revoked, for good: make another");
            }
            AccessKey key = change.of(was);
            if (!audited(store, what, details, () -> store.keys().replace(was, key))) {
                return refused(
                        "key_changed", "somebody else has changed the key " + wanted + " meanwhile: look and repeat");
            }
            return telling.tell(key);
        });
    }

    private int list() throws IOException {
        if (name != null) {
            throw usage("list takes no name");
        }
        return with(store -> {
            Map<String, Instant> uses = store.keys().lastUses();
            List<AccessKey> keys = store.keys().all();
            if (json) {
                ArrayNode array = Json.MAPPER.createArrayNode();
                keys.forEach(key -> array.add(toJson(key, Optional.ofNullable(uses.get(key.name())))));
                printJson(array);
                return ExitCode.OK;
            }
            Table table = new Table("NAME", "ROLES", "STATE", "CREATED", "EXPIRES", "LAST USE");
            keys.forEach(key -> table.add(
                    key.name(),
                    names(key.roles()),
                    key.standing(now()).name().toLowerCase(java.util.Locale.ROOT),
                    Times.format(key.createdAt()),
                    key.expiresAt().map(Times::format).orElse("never"),
                    Optional.ofNullable(uses.get(key.name())).map(Times::format).orElse("never")));
            table.print(console());
            if (keys.isEmpty()) {
                console().note("there are no keys: on loopback nobody is asked for one");
            }
            return ExitCode.OK;
        });
    }

    /** What is done with the stores. */
    private interface Work {
        int run(Open store);
    }

    /** The stores, open. */
    private record Open(KeyStore keys, AuditTrail trail) {}

    private int with(Work work) throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER_TO_FILL)) {
            return work.run(new Open(workspace.accessKeys(), workspace.trail()));
        }
    }

    private boolean audited(Open store, String what, Map<String, String> details, Supplier<Boolean> change) {
        Map<String, String> all = new LinkedHashMap<>(details);
        all.put("key", name());
        AuditTrail.Recorded recorded = store.trail().record(request(what, all));
        boolean done = false;
        try {
            done = change.get();
            return done;
        } finally {
            store.trail().outcome(recorded, done, Map.of());
        }
    }

    private int reveal(AccessKey key, KeySecret secret, String what) {
        if (json) {
            ObjectNode shown = toJson(key, Optional.empty());
            printJson(shown.put("key", secret.reveal()));
        } else {
            console().out().println(secret.reveal());
            console().note(what + " (" + names(key.roles()) + "): it is shown this once");
        }
        return ExitCode.OK;
    }

    private ObjectNode toJson(AccessKey key, Optional<Instant> lastUse) {
        ObjectNode shown = Json.MAPPER.createObjectNode().put("name", key.name());
        ArrayNode names = shown.putArray("roles");
        key.roles().stream().sorted().forEach(role -> names.add(role.wireName()));
        shown.put("state", key.standing(now()).name().toLowerCase(java.util.Locale.ROOT));
        shown.put("created_at", Times.format(key.createdAt()));
        shown.put("expires_at", key.expiresAt().map(Times::format).orElse(null));
        shown.put("revoked_at", key.revokedAt().map(Times::format).orElse(null));
        shown.put("last_used_at", lastUse.map(Times::format).orElse(null));
        return shown;
    }

    private static String names(Set<KeyRole> roles) {
        return roles.stream().sorted().map(KeyRole::wireName).collect(Collectors.joining(", "));
    }

    private String name() {
        if (name == null) {
            throw usage("name the key");
        }
        return name;
    }

    private Set<KeyRole> roles() {
        Set<KeyRole> all = EnumSet.noneOf(KeyRole.class);
        for (String role : roles) {
            all.add(KeyRole.parse(role)
                    .orElseThrow(() -> usage("--role must be one of ingest, read, admin, privacy: " + role)));
        }
        if (all.isEmpty()) {
            throw usage("say with --role what the key allows: ingest, read, admin, privacy");
        }
        return all;
    }

    /** To the millisecond, as it is kept. */
    private Instant now() {
        return clock().instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    }

    private Optional<Duration> expiresIn() {
        return Optional.ofNullable(expiresIn).map(text -> {
            Duration length = duration("--expires-in", text);
            if (length.isZero()) {
                throw usage("--expires-in must be longer than nothing");
            }
            return length;
        });
    }

    private Duration duration(String option, String text) {
        return Forms.duration("0ms")
                .parse(text)
                .orElseThrow(() -> usage(option + " must be a duration such as 90d or 12h: " + text));
    }

    private AccessKey.Limits limits() {
        OptionalLong bytes = OptionalLong.empty();
        if (bytesPerSecond != null) {
            bytes = OptionalLong.of(AccessSettings.BYTES_FORM
                    .parse(bytesPerSecond)
                    .orElseThrow(() -> usage(
                            "--bytes-per-second must be " + AccessSettings.BYTES_FORM.rule() + ": " + bytesPerSecond)));
        }
        if (requestsPerSecond != null && (requestsPerSecond < 0 || requestsPerSecond > 1_000_000)) {
            throw usage("--requests-per-second must be from 0 to 1000000: " + requestsPerSecond);
        }
        return new AccessKey.Limits(
                requestsPerSecond == null ? OptionalLong.empty() : OptionalLong.of(requestsPerSecond), bytes);
    }
}
