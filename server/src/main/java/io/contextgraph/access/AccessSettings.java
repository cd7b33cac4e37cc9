// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who is let in.
 *
 * @param dev whether nobody is asked for a key, on loopback
 * @param jwt tokens that are taken beside keys
 * @param requestsPerSecond of a caller on one server; 0: no limit
 * @param bytesPerSecond of bodies of a caller on one server; 0: no limit
 */
public record AccessSettings(boolean dev, Optional<Jwt> jwt, long requestsPerSecond, long bytesPerSecond) {
    /** Less would stop a stream for longer than the server waits for it. */
    public static final Setting.Form<Long> BYTES_FORM = Forms.bytesOrNone("64kb", "64gb");

    public static final Setting<Boolean> DEV = Setting.of(
            "access.dev",
            "false",
            Forms.flag(),
            "true asks nobody for a key, even where there are keys; on loopback only. serve --dev sets it.");
    public static final Setting<String> JWT_KEYS = Setting.of(
            "jwt.keys",
            "",
            Forms.text(),
            "Keys of an identity provider whose tokens are taken beside access keys: the https address of its JSON Web Key Set, or"
                    + " a file; empty takes no tokens.");
    public static final Setting<String> JWT_ISSUER =
            Setting.of("jwt.issuer", "", Forms.text(), "Issuer that a token must name.");
    public static final Setting<String> JWT_AUDIENCE =
            Setting.of("jwt.audience", "", Forms.text(), "Audience that a token must name.");
    public static final Setting<String> JWT_ROLES = Setting.of(
            "jwt.roles-claim",
            "roles",
            Forms.text(),
            "Claim of a token that has its roles (ingest, read, admin, privacy): a list, or one text with spaces; a path with points,"
                    + " such as realm_access.roles.");
    public static final Setting<Integer> REQUESTS = Setting.of(
            "limits.key-requests",
            "0",
            Forms.whole(0, 1_000_000),
            "Requests a second of each key or token on one server, whatever they are, beyond which it is answered 429; 0 is no"
                    + " limit. A key may have a limit of its own.");
    public static final Setting<Long> BYTES = Setting.of(
            "limits.key-bytes",
            "0",
            BYTES_FORM,
            "Bytes of bodies a second of each key or token on one server, beyond which it is answered 429, and a stream is read more"
                    + " slowly; 0 is no limit. A key may have a limit of its own.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(DEV, JWT_KEYS, JWT_ISSUER, JWT_AUDIENCE, JWT_ROLES), AccessSettings::problems);
    public static final SettingGroup LIMITS = SettingGroup.of(REQUESTS, BYTES);

    /**
     * Whose tokens are taken.
     *
     * @param keys address or file of the provider's keys
     * @param rolesClaim name, or path of names with points
     */
    public record Jwt(URI keys, String issuer, String audience, String rolesClaim) {}

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        boolean wanted = !settings.get(JWT_KEYS).isEmpty();
        Stream.of(JWT_ISSUER, JWT_AUDIENCE).forEach(setting -> {
            if (wanted && settings.get(setting).isBlank()) {
                problems.add(setting.key() + " must be set where jwt.keys is: tokens of anybody else would count");
            } else if (!wanted && settings.isSet(setting)) {
                problems.add(setting.key() + " is set but jwt.keys is not: no token is taken");
            }
        });
        if (wanted && keys(settings.get(JWT_KEYS)).isEmpty()) {
            problems.add("jwt.keys must be an https address, one of loopback, or a file");
        }
        if (settings.get(JWT_ROLES).isBlank() || settings.get(JWT_ROLES).startsWith(".")) {
            problems.add("jwt.roles-claim must be a name, or names with points between them");
        }
        return problems;
    }

    /** Over plain http anybody on the way could put keys of their own in. */
    private static Optional<URI> keys(String text) {
        try {
            URI uri = text.contains("://") ? URI.create(text) : Path.of(text).toUri();
            boolean loopback =
                    Stream.of("localhost", "127.0.0.1", "[::1]").anyMatch(name -> name.equals(uri.getHost()));
            boolean good = switch (String.valueOf(uri.getScheme())) {
                case "file" -> true;
                case "https" -> uri.getHost() != null;
                case "http" -> loopback;
                default -> false;
            };
            return Optional.of(uri).filter(one -> good);
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    /** As they are set. */
    public static AccessSettings from(Settings settings) {
        Optional<Jwt> jwt = keys(settings.get(JWT_KEYS))
                .filter(uri -> !settings.get(JWT_KEYS).isEmpty())
                .map(uri ->
                        new Jwt(uri, settings.get(JWT_ISSUER), settings.get(JWT_AUDIENCE), settings.get(JWT_ROLES)));
        return new AccessSettings(settings.get(DEV), jwt, settings.get(REQUESTS), settings.get(BYTES));
    }
}
