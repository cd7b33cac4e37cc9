// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file to import.
 *
 * @param events what it brings
 */
public record ImportFile(Form form, Path path, int events) {
    private static final int MOST_MESSAGES = 20_000;

    /** What is in a file; each has its own events, in lines. */
    public enum Form {
        EVENTS("own events", 1),
        SPANS("OTLP, a request a line", SpanLines.PER_REQUEST),
        CONVERSATIONS("OpenAI chat, a conversation a line", ChatLines.EVENTS_PER_CONVERSATION),
        MESSAGES("OpenAI chat, one conversation, a message a line", 1);

        private final String shown;
        private final int eventsPerLine;

        Form(String shown, int eventsPerLine) {
            this.shown = shown;
            this.eventsPerLine = eventsPerLine;
        }

        public String shown() {
            return shown;
        }

        /** The line whose first event has this number. */
        private String line(long number) {
            return switch (this) {
                case EVENTS -> Workload.json(number);
                case SPANS -> SpanLines.request(number);
                case CONVERSATIONS -> ChatLines.conversation(number / eventsPerLine);
                case MESSAGES -> ChatLines.message(number);
            };
        }

        /** Files end after so many events, or a multiple of it. */
        private int whole() {
            return this == MESSAGES ? ChatLines.PER_TURN : eventsPerLine;
        }
    }

    /**
     * Writes one.
     *
     * @param first the number of its first event, of which the content is made
     * @param atLeast how many events; lines are whole, and one conversation has no more than {@value #MOST_MESSAGES}
     */
    public static ImportFile write(Path folder, Form form, long first, int atLeast) throws IOException {
        int asked = form == Form.MESSAGES ? Math.min(atLeast, MOST_MESSAGES) : atLeast;
        int whole = form.whole();
        long begin = first / whole * whole;
        int events = Math.ceilDiv(asked, whole) * whole;
        Path path = folder.resolve(form.name().toLowerCase(Locale.ROOT) + "-" + begin + ".jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            for (long number = begin; number < begin + events; number += form.eventsPerLine) {
                out.write(form.line(number));
                out.write('\n');
            }
        }
        return new ImportFile(form, path, events);
    }

    public double megabytes() throws IOException {
        return Files.size(path) / 1e6;
    }

    /** How files are made, for the notes of a table. */
    public static String describe() {
        return "Own events are those of the other benchmarks, without payloads. OTLP: %d spans to a request, %d to a trace, the agent's own last; messages as JSON text. A conversation has 12 messages, 4 of them results of tools; the long one at most %,d messages."
                .formatted(SpanLines.PER_REQUEST, Workload.TRACE_LENGTH, MOST_MESSAGES);
    }
}
