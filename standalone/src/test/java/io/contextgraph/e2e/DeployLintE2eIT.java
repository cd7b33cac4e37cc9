// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Extent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The linters that pip brings have nothing to say about the files of a deployment. */
class DeployLintE2eIT {
    @Test
    void nothingIsFound() throws IOException, InterruptedException {
        if (Extent.DEPLOYMENTS.value() == 0) {
            System.out.println("deploy/lint runs in mvn verify -Plong only");
            return;
        }
        Process lint = new ProcessBuilder("deploy/lint")
                .directory(Path.of("..").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(lint.waitFor()).as(said).isZero();
    }
}
