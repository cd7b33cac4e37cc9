// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.SmallJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of less than a megabyte that are hundreds of them when they are unpacked. */
class ImportBombIT {
    private static final int UNPACKED_MB = 300;

    @TempDir
    private Path folder;

    private void bomb(String name, String begin, byte filling) throws IOException {
        byte[] piece = new byte[1 << 20];
        Arrays.fill(piece, filling);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            out.write(begin.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < UNPACKED_MB; i++) {
                out.write(piece);
            }
        }
    }

    @Test
    void whatUnpacksToMoreThanThereIsMemoryIsRefusedByName() throws Exception {
        bomb("line.ndjson.gz", "{\"event_id\":\"", (byte) 'x');
        bomb("spaces.json.gz", "{\"resourceSpans\":[", (byte) ' ');
        bomb("nested.json.gz", "", (byte) '[');
        bomb("nothing.jsonl.gz", "", (byte) 0);
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of())) {
            ProcessBuilder builder = SmallJvm.withHeap(
                    "512m",
                    Main.class,
                    "import",
                    "--redis.engine=sorted-set",
                    "--neo4j.uri=bolt://127.0.0.1:1",
                    folder.toString());
            builder.environment().put("CG_REDIS_URL", redis.url().toString());
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isEqualTo(ExitCode.REFUSED);
            assertThat(said)
                    .contains("line.ndjson.gz", "spaces.json.gz", "nested.json.gz", "nothing.jsonl.gz")
                    .contains("0 new, 0 duplicate, 4 refused")
                    .doesNotContain("OutOfMemory", "unexpectedly");
        }
    }
}
