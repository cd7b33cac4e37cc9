// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.privacy.key.DataKeys;
import java.util.List;
import java.util.Map;

/**
 * What an erasure works with, besides ledger and store of keys.
 *
 * @param keys those that this server remembers
 * @param news tells the other servers
 * @param places besides the ledger, each with a name of its own, in the order in which they are swept: files of the store last, so that they have all that was
 *     done before
 * @param trail records the receipt
 * @param receipts signs it
 */
public record ErasureParts(
        DataKeys keys, KeyNews news, List<ErasurePlace> places, AuditTrail trail, ReceiptKey receipts) {
    /** @throws IllegalArgumentException when two places have the same name */
    public ErasureParts {
        places = List.copyOf(places);
        if (places.stream().map(ErasurePlace::name).distinct().count() < places.size()) {
            throw new IllegalArgumentException("two places have one name: a report tells of one of them only");
        }
    }

    /** Puts a receipt on record, by an event that is the same however often this is done, and names no person. */
    void record(ErasureReport report, ErasureReceipt receipt) {
        Map<String, String> details = Map.of(
                "receipt_sha256",
                receipt.digest(),
                "receipt_key",
                receipt.key(),
                "places",
                Integer.toString(report.places().size()),
                "remaining",
                Integer.toString(report.remaining().size()));
        trail.fact(
                receipt.recordedAs(),
                report.doneAt().orElseThrow(),
                new AuditTrail.Request("erasure", report.id().toString(), "a person was erased", details));
    }
}
