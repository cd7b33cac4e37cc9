// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.WrappedKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** A process that creates the same keys, and writes down the same erasures, as others that begin on the same word. */
final class KeyStoreProcess implements AutoCloseable {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    private final Process process;
    private final BufferedReader said;

    private KeyStoreProcess(Process process) {
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Started, and waiting for the word. */
    static KeyStoreProcess start(String name, Path keys, Path folder, int count) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KeyStoreProcess.class.getName(),
                        name,
                        keys.toString(),
                        folder.toString(),
                        Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        KeyStoreProcess started = new KeyStoreProcess(process);
        started.expect("ready");
        return started;
    }

    void go() throws IOException {
        process.outputWriter().write("go\n");
        process.outputWriter().flush();
    }

    String line() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new IOException("the process has ended");
        }
        return line;
    }

    private void expect(String wanted) throws IOException {
        String line = line();
        if (!line.equals(wanted)) {
            throw new IOException("the process says " + line);
        }
    }

    void kill() throws InterruptedException {
        int ignored = process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        Process ignored = process.destroyForcibly();
    }

    static Pseudonym pseudonym(int number) {
        return new Pseudonym(1, String.format("%08x", Integer.reverse(number)) + "0".repeat(24));
    }

    public static void main(String[] arguments) throws IOException {
        LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyFile.read(Path.of(arguments[1])), "a test");
        FileKeyStore store = FileKeyStore.open(Path.of(arguments[2]), wrapper);
        System.out.println("ready");
        String ignored = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        for (int number = 0; number < Integer.parseInt(arguments[3]); number++) {
            WrappedKey kept = store.create(new KeyId(pseudonym(number), 1), new WrappedKey("test", 1, arguments[0]));
            Erasures none = Erasures.none(pseudonym(number));
            boolean first = number % 10 == 0 && store.erasures().add(none, none.next(AT));
            System.out.println(kept.ciphertext() + " " + first);
        }
    }
}
