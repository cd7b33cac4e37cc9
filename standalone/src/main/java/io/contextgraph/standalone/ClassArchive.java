// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;

/** The archive of loaded classes that lets Neo4j start in a third of the time; made once, by a rehearsal. */
final class ClassArchive {
    /** From this release on the JVM also keeps linked classes and profiles in it. */
    private static final int AOT_CACHE = 25;

    /** What the rehearsal runs, so that the classes of the first real statements are in the archive. */
    private static final List<String> REHEARSAL = List.of(
            "CREATE CONSTRAINT rehearsal IF NOT EXISTS FOR (e:Rehearsal) REQUIRE e.id IS UNIQUE",
            "UNWIND [{id: '1', at: 1}, {id: '2', at: 2}] AS row MERGE (e:Rehearsal {id: row.id}) SET e += row",
            "UNWIND [{a: '1', b: '2'}] AS row MATCH (a:Rehearsal {id: row.a}) MATCH (b:Rehearsal {id: row.b})"
                    + " MERGE (b)-[f:FOLLOWS]->(a) SET f.delta_ms = 1",
            "MATCH path = (b:Rehearsal {id: '2'})-[:FOLLOWS*0..3]->(a) RETURN [n IN nodes(path) | n.id] AS ids LIMIT 5",
            "MATCH (e:Rehearsal) RETURN count(e), max(e.at)");

    private ClassArchive() {}

    /** The name of the archive for the JDK that runs this process: an archive serves one build of one JDK. */
    static String fileName() {
        return "neo4j-" + Runtime.version().toString().replaceAll("[^0-9A-Za-z.]", "-") + ".archive";
    }

    /** Whether it was made after everything on the class path of Neo4j: otherwise the JVM would not use it. */
    static boolean isCurrent(Path archive, EmbeddedSettings settings) throws IOException {
        if (!Files.exists(archive)) {
            return false;
        }
        var made = Files.getLastModifiedTime(archive);
        for (var part : EmbeddedNeo4j.classPath(settings.neo4jLib().toAbsolutePath())) {
            if (Files.getLastModifiedTime(part).compareTo(made) > 0) {
                return false;
            }
        }
        return true;
    }

    /** The options that use the archive; a JVM that cannot use it goes on without. */
    static List<String> use(Path javaHome, Path archive) throws IOException {
        return List.of(
                Jdk.feature(javaHome) >= AOT_CACHE ? "-XX:AOTCache=" + archive : "-XX:SharedArchiveFile=" + archive);
    }

    private static List<String> record(Path javaHome, Path archive) throws IOException {
        return List.of(
                Jdk.feature(javaHome) >= AOT_CACHE
                        ? "-XX:AOTCacheOutput=" + archive
                        : "-XX:ArchiveClassesAtExit=" + archive);
    }

    /** Starts Neo4j over an empty folder, lets it work and keeps what it has loaded. */
    static void make(Path archive, EmbeddedSettings settings, Consumer<String> progress) throws IOException {
        var folder = Files.createTempDirectory("contextgraph-rehearsal");
        var unfinished = archive.resolveSibling(archive.getFileName() + ".new");
        try {
            try (var running = EmbeddedNeo4j.start(
                            folder, settings, progress, record(settings.javaHome(), unfinished.toAbsolutePath()));
                    var driver = GraphDatabase.driver(
                            running.address().uri(),
                            AuthTokens.basic(
                                    running.address().user(), running.address().password()))) {
                for (var statement : REHEARSAL) {
                    driver.executableQuery(statement).execute();
                }
            }
            if (!Files.exists(unfinished)) {
                throw new IOException(
                        "the JVM wrote no class archive; " + PrivateFiles.tail(folder.resolve("neo4j.log"), 10));
            }
            Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
