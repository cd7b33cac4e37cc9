// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.KeyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is remembered of the erasures of a person.
 *
 * <p><b>Shape.</b> As JSON: {@code form} (1), {@code report}, {@code receipts}, {@code recorded}.
 *
 * @param report of the last one
 * @param receipts of all that are done, the last one last
 * @param recorded whether the receipt of the last one is on record in the ledger
 */
record ErasureEntry(ErasureReport report, List<ErasureReceipt> receipts, boolean recorded) {
    private static final int FORM = 1;

    ErasureEntry {
        receipts = List.copyOf(receipts);
    }

    /** One that begins, after those that were done before. */
    static ErasureEntry begun(ErasureReport report, Optional<ErasureEntry> before) {
        return new ErasureEntry(report, before.map(ErasureEntry::receipts).orElse(List.of()), false);
    }

    /** What it is to erase, of these keys: of a pseudonym that it knows the key that it was begun for. */
    List<KeyId> of(List<KeyId> wish) {
        return wish.stream()
                .map(key -> report.keys().stream()
                        .filter(begun -> begun.pseudonym().equals(key.pseudonym()))
                        .findFirst()
                        .orElse(key))
                .toList();
    }

    boolean is(State state) {
        return report.state() == state;
    }

    /** Whether it has not begun: nothing is erased, and a hold may still stop it. */
    boolean waits() {
        return is(State.ASKED) || is(State.HELD);
    }

    /** Whether there is something left to do. */
    boolean isOpen() {
        return !is(State.DONE) || !recorded;
    }

    ErasureEntry with(ErasureReport now) {
        return new ErasureEntry(now, receipts, recorded);
    }

    /** With the end of the last one. */
    ErasureEntry done(ErasureReport now, ErasureReceipt receipt) {
        List<ErasureReceipt> all = new ArrayList<>(receipts);
        all.add(receipt);
        return new ErasureEntry(now, all, false);
    }

    ErasureEntry onRecord() {
        return new ErasureEntry(report, receipts, true);
    }

    String text() {
        ObjectNode json = Json.MAPPER.createObjectNode().put("form", FORM);
        json.set("report", ErasureJson.of(report));
        var all = json.putArray("receipts");
        receipts.forEach(receipt -> all.add(ErasureJson.of(receipt)));
        return json.put("recorded", recorded).toString();
    }

    /**
     * Reads the text form.
     *
     * @param name under which it is remembered, for messages
     * @throws LedgerException when it is none that this version has written
     */
    static ErasureEntry read(String name, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            if (json.required("form").intValue() != FORM) {
                throw new IllegalArgumentException("another form than " + FORM);
            }
            return new ErasureEntry(
                    ErasureJson.report(json.required("report")),
                    json.required("receipts")
                            .valueStream()
                            .map(ErasureJson::receipt)
                            .toList(),
                    json.required("recorded").booleanValue());
        } catch (RuntimeException damaged) {
            throw new LedgerException(
                    LedgerException.Reason.CORRUPT,
                    "erasure:" + name + " cannot be read: it was altered, or a newer version has written it; bring back"
                            + " what it was, or delete it: who is erased, the store of keys knows",
                    damaged);
        }
    }
}
