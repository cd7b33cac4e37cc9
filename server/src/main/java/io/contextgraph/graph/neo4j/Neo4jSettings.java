// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a Neo4j is and how patient to be with it.
 *
 * @param uri such as {@code neo4j://host:7687} or {@code bolt://host:7687}
 * @param user who logs in; empty where the server asks nobody
 * @param password theirs
 * @param database which database of the server holds the graph
 * @param connectTimeout most time to open a connection, and to wait for one of the pool
 * @param writeTimeout most time for one transaction that writes
 * @param lateness how much longer than its own limit a transaction may take before its connection is given up: a network
 *     or a Neo4j that has fallen silent says nothing about limits
 * @param maxConnections most connections at once
 * @param authorities PEM file of those whose certificates are believed, where the address asks for TLS; empty: those of the JVM
 */
public record Neo4jSettings(
        String uri,
        String user,
        String password,
        String database,
        Duration connectTimeout,
        Duration writeTimeout,
        Duration lateness,
        int maxConnections,
        Optional<Path> authorities) {
    public static final Setting<Optional<String>> URI = Setting.of(
            "neo4j.uri",
            "",
            Forms.address("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"),
            "An external Neo4j, such as neo4j://host:7687, or neo4j+s:// with TLS; empty starts an embedded one.");
    public static final Setting<String> USER =
            Setting.of("neo4j.user", "neo4j", Forms.text(), "User of the external Neo4j.");
    public static final Setting<String> PASSWORD =
            Setting.secret("neo4j.password", "", Forms.text(), "Password of the external Neo4j.");
    public static final Setting<String> DATABASE =
            Setting.of("neo4j.database", "neo4j", Forms.text(), "Database in the external Neo4j that holds the graph.");

    public static final Setting<Optional<Path>> TLS_CA = Setting.of(
            "neo4j.tls-ca",
            "",
            Forms.pathOrNone(),
            "PEM file with the authorities whose certificates are believed where neo4j.uri begins with neo4j+s:// or bolt+s://; empty"
                    + " believes those that Java believes. The host name is verified always; +ssc verifies nothing.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(URI, USER, PASSWORD, DATABASE, TLS_CA), Neo4jSettings::problems);

    private static final String VERIFIED = "+s://";

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        Optional<String> uri = settings.get(URI);
        if (uri.isEmpty() && settings.isSet(PASSWORD)) {
            problems.add("neo4j.password is set but neo4j.uri is not: an embedded Neo4j makes its own password");
        }
        if (settings.get(TLS_CA).isPresent()
                && uri.filter(address -> address.contains(VERIFIED)).isEmpty()) {
            problems.add(
                    "neo4j.tls-ca is set but neo4j.uri begins with neither neo4j+s:// nor bolt+s://: no certificate would be verified");
        }
        return problems;
    }

    /** Of the external Neo4j, as they are set; empty where none is. */
    public static Optional<Neo4jSettings> from(Settings settings) {
        return settings.get(URI)
                .map(uri -> of(uri, settings.get(USER), settings.get(PASSWORD), settings.get(DATABASE))
                        .withAuthorities(settings.get(TLS_CA)));
    }

    /** The timeouts and the pool that suit most. */
    public static Neo4jSettings of(String uri, String user, String password, String database) {
        return new Neo4jSettings(
                uri,
                user,
                password,
                database,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                50,
                Optional.empty());
    }

    /** These settings with others whose certificates are believed. */
    public Neo4jSettings withAuthorities(Optional<Path> newAuthorities) {
        return new Neo4jSettings(
                uri, user, password, database, connectTimeout, writeTimeout, lateness, maxConnections, newAuthorities);
    }

    /** Whether the address asks for TLS. */
    boolean isSecured() {
        return uri.substring(0, Math.max(0, uri.indexOf(':'))).contains("+s");
    }

    /** The address for a driver that is told whom to believe: its scheme says so for the JVM's authorities only. */
    String uriForDriver() {
        return authorities.isPresent() ? uri.replaceFirst("\\+s://", "://") : uri;
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "Neo4jSettings[" + uri + ", user=" + user + ", database=" + database + "]";
    }
}
