// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Extent;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote for a real Vault find in the double what they would find there. */
class VaultDoubleIT {
    private static final String HVAC = "hvac==2.4.0";
    private static final String NODE_VAULT = "node-vault@0.12.0";
    private static final long MOST_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void twoClientsOfOthersAgreeWithIt() throws Exception {
        if (Extent.VAULT_CLIENTS.value() == 0) {
            System.out.println("hvac and node-vault are asked in mvn verify -Plong only");
            return;
        }
        try (VaultDouble vault = VaultDouble.start()) {
            String address = vault.address().toString();
            String python = folder.resolve("python/bin/python").toString();
            assertThat(run(List.of(
                            "python3", "-m", "venv", folder.resolve("python").toString())))
                    .isNotNull();
            assertThat(run(List.of(python, "-m", "pip", "install", "--quiet", HVAC)))
                    .isNotNull();
            assertThat(run(List.of(python, script("hvac_client.py"), address, VaultDouble.TOKEN)))
                    .contains("hvac agrees");
            assertThat(run(List.of("npm", "install", "--silent", NODE_VAULT))).isNotNull();
            assertThat(run(List.of("node", script("node_vault_client.js"), address, VaultDouble.TOKEN)))
                    .contains("node-vault agrees");
        }
    }

    private static String script(String name) throws URISyntaxException {
        URL resource = Objects.requireNonNull(VaultDoubleIT.class.getResource(name));
        return Path.of(resource.toURI()).toString();
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of("NODE_PATH", folder.resolve("node_modules").toString()));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                    .as("it ends: %s", command)
                    .isTrue();
            String said = Files.readString(log);
            assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
            return said;
        } finally {
            Process ignored = process.destroyForcibly();
        }
    }
}
