// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Where the parts of a data folder are while their owner runs, so that a second process can use them.
 *
 * @param owner the process that runs them
 * @param redisUrl with the password; empty when Redis does not run here
 * @param neo4j empty when Neo4j does not run here
 */
record Endpoints(ProcessMark owner, Optional<String> redisUrl, Optional<Neo4jAddress> neo4j) {
    private static final String FILE = "endpoints.json";

    void publish(Path folder) throws IOException {
        PrivateFiles.write(folder.resolve(FILE), Json.MAPPER.writeValueAsString(this));
    }

    static void withdraw(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }

    /** What a live owner has published; text that nobody can read, or of an owner that is gone, answers empty. */
    static Optional<Endpoints> find(Path folder) throws IOException {
        try {
            return Optional.ofNullable(Json.MAPPER.readValue(Files.readString(folder.resolve(FILE)), Endpoints.class))
                    .filter(endpoints -> endpoints.owner().find().isPresent());
        } catch (NoSuchFileException | JacksonException | java.nio.charset.MalformedInputException e) {
            return Optional.empty();
        }
    }

    /** Leaves the passwords out. */
    @Override
    public String toString() {
        return "Endpoints[owner=" + owner + ", redis=" + redisUrl.isPresent() + ", neo4j=" + neo4j + "]";
    }
}
