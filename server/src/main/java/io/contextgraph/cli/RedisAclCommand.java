// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.Login;
import io.contextgraph.config.Settings;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code redis-acl}: the users that the deployment needs in Redis. */
@CommandLine.Command(
        name = "redis-acl",
        description = {
            "Prints the users of Redis that this deployment needs, one for each role, none with a right that its role does"
                    + " not need: lines for the file that Redis's setting aclfile names, or for redis.conf.",
            "Names and passwords are those of the settings redis.*-login; of a password only the SHA-256 is printed.",
            "The users fit the Redis of redis.url where it answers, else every one that this version works with: they then"
                    + " have what Search 2 needs (Redis Stack) beside what Search 8 needs (Redis 8)."
        })
final class RedisAclCommand extends Command {
    private static final int PASSWORD_BYTES = 32;
    private static final List<String> GENERATIONS = List.of("2", "8", "both");

    @Option(
            names = "--new-logins",
            paramLabel = "FILE",
            description = "Makes a random password for each role, writes the settings into a new file that only you can"
                    + " read, and prints the users that belong to them.")
    private @Nullable Path newLogins;

    @Option(names = "--before-7.2", description = "Leaves out what Redis older than 7.2 does not know.")
    private boolean before72;

    @Option(
            names = "--search",
            paramLabel = "GENERATION",
            description = "Asks no Redis: the users fit this generation of the module Search, 2, 8 or both.")
    private @Nullable String search;

    RedisAclCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (search != null && !GENERATIONS.contains(search)) {
            throw usage("--search must be one of " + String.join(", ", GENERATIONS) + ": " + search);
        }
        Settings settings = settings();
        Map<String, Login> logins = redisUsers().logins(settings);
        if (newLogins != null) {
            logins = randomLogins();
            write(newLogins, logins);
        }
        Surroundings.RedisUsers.Acl acl = redisUsers().acl(settings, logins, Optional.ofNullable(search), before72);
        acl.lines().forEach(console().out()::println);
        console().note(acl.fits());
        if (newLogins != null) {
            console().note("the logins are in " + newLogins + ": add them to the settings");
        } else if (logins.size() < redisUsers().roles().size()) {
            console().note("some roles have no login yet: put the SHA-256 of their passwords in, or use --new-logins");
        }
        console()
                .note("loading an ACL file replaces all users: keep a line for your own administrator,"
                        + " and switch the user default off");
        return ExitCode.OK;
    }

    private Map<String, Login> randomLogins() {
        SecureRandom random = new SecureRandom();
        Map<String, Login> logins = new TreeMap<>();
        for (String role : redisUsers().roles()) {
            byte[] password = new byte[PASSWORD_BYTES];
            random.nextBytes(password);
            logins.put(
                    role,
                    new Login(
                            "contextgraph-" + role,
                            Base64.getUrlEncoder().withoutPadding().encodeToString(password)));
        }
        return logins;
    }

    private static void write(Path file, Map<String, Login> logins) throws IOException {
        List<String> lines = logins.entrySet().stream()
                .map(entry -> "redis." + entry.getKey() + "-login="
                        + entry.getValue().user() + ":" + entry.getValue().password())
                .sorted()
                .toList();
        try {
            // Readable by nobody else from its first moment.
            Path ignored = Files.createFile(
                    file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " is there already: passwords in use are not overwritten", e);
        }
        Files.write(file, lines, StandardOpenOption.WRITE);
    }
}
