// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.contextgraph.cli.console.LogWriter;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.Settings;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Standard error of the process: what it logs, at which levels and in which form, and what it tells people there. */
public final class LogOutput implements Surroundings.Logs {
    private static final String OURS = "io.contextgraph";

    /** Who says what is said to people. */
    private static final String TELLER = "contextgraph";

    private final PrintStream err;
    private final InstantSource clock;
    private final Set<String> changed = new HashSet<>();
    /** What wrote lines as people read them, while objects are written. */
    private @Nullable Encoder<ILoggingEvent> replaced;

    private boolean begun;
    private volatile boolean logging;

    /** @param err where the logging library writes, too, a line at a time */
    public LogOutput(PrintStream err, InstantSource clock) {
        this.err = err;
        this.clock = clock;
    }

    @Override
    public void begin(Settings settings, boolean server) {
        if (begun) {
            return;
        }
        begun = true;
        if (LogSettings.from(settings).json()) {
            asJson(server);
        } else {
            asText();
        }
    }

    /** Lines as people read them, where the environment had asked for others. */
    private void asText() {
        logging = false;
        Encoder<ILoggingEvent> before = replaced;
        if (before != null) {
            Encoder<ILoggingEvent> ignored = write(before);
            replaced = null;
        }
    }

    /** From now on each line that is logged is an object; where {@code all} is true, each that is told, too. */
    public void asJson(boolean all) {
        logging |= all;
        if (replaced == null) {
            replaced = write(new JsonLogLine());
        }
    }

    /**
     * Lines of whoever logs meanwhile may be lost: nobody does where this is called, when a process begins.
     *
     * @return what has written them until now; null where another library does
     */
    private static @Nullable Encoder<ILoggingEvent> write(Encoder<ILoggingEvent> encoder) {
        Encoder<ILoggingEvent> before = null;
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            Iterator<Appender<ILoggingEvent>> appenders =
                    logback.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (appenders.hasNext()) {
                if (appenders.next() instanceof ConsoleAppender<ILoggingEvent> console) {
                    before = console.getEncoder();
                    encoder.setContext(logback);
                    encoder.start();
                    console.stop();
                    console.setEncoder(encoder);
                    console.start();
                }
            }
        }
        return before;
    }

    @Override
    public void reload(Settings settings) {
        levels(LogSettings.from(settings));
    }

    /** Logs what a server does, at the levels that are set. */
    public synchronized void levels(LogSettings settings) {
        levels(settings.level(), settings.levels());
    }

    /** Logs what a command finds wrong. */
    public synchronized void warnings() {
        levels("warn", Map.of());
    }

    private void levels(String level, Map<String, String> others) {
        // What the library of gRPC says goes the way of everything else.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
            logback.getLogger(OURS).setLevel(Level.toLevel(level));
            others.forEach((name, its) -> logback.getLogger(name).setLevel(Level.toLevel(its)));
            changed.stream()
                    .filter(name -> !others.containsKey(name) && !name.equals(OURS))
                    .forEach(name -> logback.getLogger(name).setLevel(null));
            changed.clear();
            changed.addAll(others.keySet());
        }
    }

    /** Where people are told what is done. */
    public LogWriter writer() {
        Lines lines = new Lines();
        return new LogWriter(lines) {
            @Override
            public boolean isLogging() {
                return logging;
            }

            @Override
            public void failure(String text) {
                log("ERROR", text);
            }
        };
    }

    private void log(String level, String text) {
        byte[] line = JsonLogLine.line(new JsonLogLine.Head(clock.instant(), level, TELLER), text);
        err.write(line, 0, line.length);
        err.flush();
    }

    /** Passes on what is written, or logs each line of it. Its writer locks it. */
    private final class Lines extends Writer {
        private final StringBuilder begun = new StringBuilder();

        @Override
        public void write(char[] characters, int offset, int length) {
            if (!logging) {
                begun.append(characters, offset, length);
                return;
            }
            for (int i = offset; i < offset + length; i++) {
                if (characters[i] == '\n') {
                    finish();
                } else if (characters[i] != '\r') {
                    begun.append(characters[i]);
                }
            }
        }

        private void finish() {
            if (!begun.isEmpty()) {
                log("INFO", begun.toString());
                begun.setLength(0);
            }
        }

        /** A line of text at once, so that one of the log does not come into it. */
        @Override
        public void flush() {
            if (!logging) {
                byte[] bytes = begun.toString().getBytes(StandardCharsets.UTF_8);
                begun.setLength(0);
                err.write(bytes, 0, bytes.length);
                err.flush();
            }
        }

        @Override
        public void close() {
            if (logging) {
                finish();
            }
            flush();
        }
    }
}
