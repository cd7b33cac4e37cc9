// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.nio.charset.StandardCharsets;

/**
 * An event as a log has it: what tells it from every other, and nothing of what it says.
 *
 * <p><b>Shape.</b> As text five lines, each with a newline at its end: {@value #FORM}, its number, its position, its id, and the
 * hash over its content in hexadecimal digits. It is entry {@code seq - 1} of the log. Where an event had gone before anybody signed for
 * the ledger, and nothing tells which one it was, two lines: {@value #GONE}, and its number.
 *
 * <p><b>Guarantees.</b> The hash is over what is stored, which for personal payloads is sealed: an erasure changes nothing of it.
 */
public record Leaf(long seq, Position position, EventId id, ContentHash contentHash) {
    /** What this form is called. */
    public static final String FORM = "context-graph-leaf/v1";

    static final String GONE = "context-graph-gone/v1";
    private static final int LINES = 5;

    public static Leaf of(RecordedEvent event) {
        return new Leaf(event.seq(), event.position(), event.event().id(), event.contentHash());
    }

    public static Leaf of(ArchivedEvent event) {
        return new Leaf(event.seq(), event.position(), event.id(), event.contentHash());
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Leaf parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != LINES + 1 || !lines[0].equals(FORM)) {
            throw new IllegalArgumentException("an entry of the log has five lines, the first of them " + FORM);
        }
        Leaf leaf = new Leaf(
                Long.parseLong(lines[1]), Position.of(lines[2]), EventId.of(lines[3]), new ContentHash(lines[4]));
        if (!leaf.text().equals(text)) {
            throw new IllegalArgumentException("an entry of the log is written otherwise: " + leaf.text());
        }
        return leaf;
    }

    /** What stands in the place of an event of which nothing is known but its number. */
    public static byte[] gone(long seq) {
        return (GONE + "\n" + seq + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public String text() {
        return FORM + "\n" + seq + "\n" + position + "\n" + id + "\n" + contentHash.hex() + "\n";
    }

    /** The entry: what is hashed. */
    public byte[] entry() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    /** Where it is in the log. */
    public long index() {
        return seq - 1;
    }
}
