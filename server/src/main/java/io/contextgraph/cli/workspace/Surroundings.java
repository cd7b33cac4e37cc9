// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.workspace;

import io.contextgraph.cli.console.Console;
import io.contextgraph.config.Login;
import io.contextgraph.config.Settings;
import io.contextgraph.config.SettingsCatalog;
import io.contextgraph.proof.ProofKeys;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a command runs in.
 *
 * @param console where to write
 * @param variables the environment of the process
 * @param catalog what can be set
 * @param workspaces opens the stores
 * @param servers opens servers on them, wherever they are
 * @param menders opens ledgers to be mended
 * @param backups opens what is kept of ledgers
 * @param redisUsers says which users Redis must have
 * @param proofKeys the file with the keys that sign checkpoints, as settings name it
 * @param logs writes what is logged
 * @param clock tells the time
 * @param home the folder of the distribution
 */
public record Surroundings(
        Console console,
        Map<String, String> variables,
        SettingsCatalog catalog,
        Workspace.Factory workspaces,
        Workspace.ServerFactory servers,
        Workspace.MenderFactory menders,
        Workspace.BackupFactory backups,
        RedisUsers redisUsers,
        Function<Settings, ProofKeys> proofKeys,
        Logs logs,
        Clock clock,
        Path home) {
    /** Writes what is logged. */
    public interface Logs {
        /** That of a program whose log is somebody else's. */
        Logs NONE = new Logs() {
            @Override
            public void begin(Settings settings, boolean server) {}

            @Override
            public void reload(Settings settings) {}
        };

        /**
         * Logs in the form that is set, from now on.
         *
         * @param server whether what is told to people is logged, too
         */
        void begin(Settings settings, boolean server);

        /** Logs at the levels that are set now, as a server. */
        void reload(Settings settings);
    }

    /** Knows what Redis must be told of a deployment's users. */
    public interface RedisUsers {
        /** Who may have a login of their own, by the names that settings have for them. */
        Set<String> roles();

        /** The logins that are set, by role. */
        Map<String, Login> logins(Settings settings);

        /**
         * The users as Redis reads them.
         *
         * @param settings whom to ask what they must fit, unless {@code search} says it
         * @param logins theirs, by role
         * @param search the generation of the module Search that they must fit: {@code 2}, {@code 8} or {@code both}
         * @param before72 whether a Redis older than 7.2 is to read them
         * @throws IllegalArgumentException when the prefix of the keys cannot stand in an ACL
         */
        Acl acl(Settings settings, Map<String, Login> logins, Optional<String> search, boolean before72);

        /**
         * Users for Redis.
         *
         * @param lines one for each
         * @param fits what they fit, and how that was found out
         */
        record Acl(List<String> lines, String fits) {
            public Acl {
                lines = List.copyOf(lines);
            }
        }
    }
}
