// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The main class of the child process that runs Neo4j.
 *
 * <p>Its standard input is its lifeline: when it ends, because the parent has closed it or has died in any way, Neo4j
 * stops. A line {@code password} sets the password to the content of the password file. Its standard output carries the
 * answers, {@code bolt <address>} once Neo4j listens; everything else goes to standard error.
 *
 * <p>Neo4j is reached by reflection: this class is compiled and distributed without any of its code.
 */
final class Neo4jProcess {
    /** An orderly stop takes less than a second; a stop that hangs must not leave a process behind. */
    private static final long STOP_MILLIS = 25_000;

    private final Object service;

    private Neo4jProcess(Path home, Path configuration) throws ReflectiveOperationException {
        var builderType = Class.forName("org.neo4j.dbms.api.DatabaseManagementServiceBuilder");
        var builder = builderType.getConstructor(Path.class).newInstance(home);
        builderType.getMethod("loadPropertiesFromFile", Path.class).invoke(builder, configuration);
        service = builderType.getMethod("build").invoke(builder);
    }

    /** Arguments: home folder, configuration file, password file. */
    public static void main(String[] arguments) {
        var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        try {
            var neo4j = new Neo4jProcess(Path.of(arguments[0]), Path.of(arguments[1]));
            answers.println("bolt " + neo4j.boltAddress());
            neo4j.serve(Path.of(arguments[2]), answers);
            var patience = haltAfterPatience();
            neo4j.stop();
            // What follows is bounded: the hooks of the JVM, and once in a while the writing of a class archive.
            patience.interrupt();
            Runtime.getRuntime().exit(0);
        } catch (ReflectiveOperationException | RuntimeException | IOException e) {
            e.printStackTrace();
            haltAfterPatience();
            Runtime.getRuntime().exit(1);
        }
    }

    private static Thread haltAfterPatience() {
        return Thread.ofPlatform().daemon().name("halt").start(() -> {
            try {
                Thread.sleep(STOP_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            System.err.println("Neo4j did not stop in " + STOP_MILLIS + " ms: halting");
            Runtime.getRuntime().halt(2);
        });
    }

    private void serve(Path passwordFile, PrintStream answers) throws ReflectiveOperationException, IOException {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var order = orders.readLine(); order != null; order = orders.readLine()) {
            if (order.equals("password")) {
                setPassword(Files.readString(passwordFile).strip());
                answers.println("password set");
            }
        }
    }

    private void setPassword(String password) throws ReflectiveOperationException {
        Class.forName("org.neo4j.graphdb.GraphDatabaseService")
                .getMethod("executeTransactionally", String.class, Map.class)
                .invoke(
                        database("system"),
                        "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                        Map.of("password", password));
    }

    private Object database(String name) throws ReflectiveOperationException {
        return Class.forName("org.neo4j.dbms.api.DatabaseManagementService")
                .getMethod("database", String.class)
                .invoke(service, name);
    }

    private String boltAddress() throws ReflectiveOperationException {
        var registerType = Class.forName("org.neo4j.configuration.connectors.ConnectorPortRegister");
        var connectorType = Class.forName("org.neo4j.configuration.connectors.ConnectorType");
        var resolver = Class.forName("org.neo4j.kernel.internal.GraphDatabaseAPI")
                .getMethod("getDependencyResolver")
                .invoke(database("system"));
        var register = Class.forName("org.neo4j.common.DependencyResolver")
                .getMethod("resolveDependency", Class.class)
                .invoke(resolver, registerType);
        var address = registerType
                .getMethod("getLocalAddress", connectorType)
                .invoke(register, connectorType.getField("BOLT").get(null));
        if (address == null) {
            throw new UncheckedIOException(new IOException("Neo4j listens on no Bolt port"));
        }
        return address.toString();
    }

    private void stop() throws ReflectiveOperationException {
        Class.forName("org.neo4j.dbms.api.DatabaseManagementService")
                .getMethod("shutdown")
                .invoke(service);
    }
}
