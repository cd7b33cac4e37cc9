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
 * @param authorities PEM file of whom to trust where the address asks for a certificate; empty: those that Java trusts
 * @param connectTimeout most time to open a connection, and to wait for one of the pool
 * @param writeTimeout most time for one transaction that writes
 * @param lateness how much longer than its own limit a transaction may take before its connection is given up: a network
 *     or a Neo4j that has fallen silent says nothing about limits
 * @param maxConnections most connections at once
 */
public record Neo4jSettings(
        String uri,
        String user,
        String password,
        String database,
        Optional<Path> authorities,
        Duration connectTimeout,
        Duration writeTimeout,
        Duration lateness,
        int maxConnections) {
    public static final Setting<Optional<String>> URI = Setting.of(
            "neo4j.uri",
            "",
            Forms.address("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"),
            "An external Neo4j, such as neo4j://host:7687; empty starts an embedded one.");
    public static final Setting<String> USER =
            Setting.of("neo4j.user", "neo4j", Forms.text(), "User of the external Neo4j.");
    public static final Setting<String> PASSWORD =
            Setting.secret("neo4j.password", "", Forms.text(), "Password of the external Neo4j.");
    public static final Setting<String> DATABASE =
            Setting.of("neo4j.database", "neo4j", Forms.text(), "Database in the external Neo4j that holds the graph.");

    public static final Setting<Optional<Path>> TLS_CA = Setting.of(
            "neo4j.tls-ca",
            "",
            Forms.optionalPath(),
            "PEM file of the authorities that may vouch for a Neo4j whose address is neo4j+s:// or bolt+s://; empty: those that Java"
                    + " trusts.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(URI, USER, PASSWORD, DATABASE, TLS_CA), Neo4jSettings::problems);

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.get(URI).isEmpty() && settings.isSet(PASSWORD)) {
            problems.add("neo4j.password is set but neo4j.uri is not: an embedded Neo4j makes its own password");
        }
        boolean checked = settings.get(URI).filter(uri -> uri.contains("+s:")).isPresent();
        if (settings.get(TLS_CA).isPresent() && !checked) {
            problems.add(
                    "neo4j.tls-ca is set but neo4j.uri does not begin with neo4j+s:// or bolt+s://: no certificate is checked");
        }
        return problems;
    }

    /** Of the external Neo4j, as they are set; empty where none is. */
    public static Optional<Neo4jSettings> from(Settings settings) {
        return settings.get(URI)
                .map(uri -> of(uri, settings.get(USER), settings.get(PASSWORD), settings.get(DATABASE))
                        .trusting(settings.get(TLS_CA)));
    }

    /** The same, with other authorities than those that Java trusts. */
    Neo4jSettings trusting(Optional<Path> newAuthorities) {
        return new Neo4jSettings(
                uri, user, password, database, newAuthorities, connectTimeout, writeTimeout, lateness, maxConnections);
    }

    /** The timeouts and the pool that suit most. */
    public static Neo4jSettings of(String uri, String user, String password, String database) {
        return new Neo4jSettings(
                uri,
                user,
                password,
                database,
                Optional.empty(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                50);
    }

    /** As the driver takes it: where it is told whom to trust, the address must not say so as well. */
    String driverUri() {
        return authorities.isPresent() ? uri.replaceFirst("\\+s:", ":") : uri;
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "Neo4jSettings[" + uri + ", user=" + user + ", database=" + database + "]";
    }
}
