// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.ArchiveJson;
import io.contextgraph.event.EventFields;
import io.contextgraph.http.contract.Schema;
import java.util.Arrays;

/** The JSON of archives, as the contract has it. */
final class ArchiveSchemas {
    private static final Schema MARK = Schema.fields()
            .with("seq", Schema.whole())
            .with(EventFields.GLOBAL_POSITION, EventSchemas.POSITION)
            .with("recorded_at", Schema.time());

    private static final Schema FAULT = Schema.fields()
            .with(
                    "kind",
                    Schema.choice(Arrays.stream(ArchiveFault.Kind.values())
                            .map(ArchiveJson::name)
                            .toList()))
            .with("segment", Schema.text().saying("The segment, or the name of a file where there is none"))
            .with("message", Schema.text())
            .named("ArchiveFault");

    private static final Schema FAULTS = Schema.list(FAULT).saying("What is wrong; empty where nothing is");

    private static final Schema DIGEST = Schema.text().matching("^[0-9a-f]{64}$");

    private static final Schema ENTRY = Schema.fields()
            .with("format", Schema.text())
            .with("segment", Schema.text())
            .with("ledger_id", Schema.uuid())
            .with("partition", Schema.whole())
            .with("epoch", Schema.whole())
            .with("storage_format", Schema.text())
            .with("written_at", Schema.time())
            .with("written_by", Schema.text())
            .with("first", MARK)
            .with("last", MARK)
            .with(
                    "counts",
                    Schema.fields()
                            .with("events", Schema.whole())
                            .with("sessions", Schema.whole())
                            .with("payloads", Schema.whole())
                            .with("plain_bytes", Schema.whole())
                            .with("packed_bytes", Schema.whole()))
            .with(
                    "sha256",
                    Schema.fields().with("data", DIGEST).with("ids", DIGEST).with("contents", DIGEST));

    static final Schema SEGMENT = ENTRY.with(
                    "runs",
                    Schema.list(Schema.list(Schema.whole()).sized(2, 2))
                            .saying(
                                    "The first and the last number of each run of events: what lies between was left out"))
            .named("ArchiveSegment");

    private static final Schema EVENT = Schema.fields()
            .with(EventFields.EVENT_ID, Schema.uuid())
            .with("segment", Schema.text())
            .with("archived_at", Schema.time())
            .with("seq", Schema.whole())
            .with(EventFields.GLOBAL_POSITION, EventSchemas.POSITION)
            .with("content_hash", Schema.text())
            .named("ArchivedEvent");

    static final Schema CATALOG = Schema.fields()
            .with("segments", Schema.list(ENTRY.named("ArchiveEntry")))
            .with("faults", FAULTS)
            .with("leftovers", Schema.whole().saying("Files of no segment: being written, or left behind"))
            .with("event", Schema.either(Schema.nothing(), EVENT).saying("Where the event is that was asked for"))
            .named("ArchiveCatalog");

    static final Schema VERIFIED = Schema.fields()
            .with("segments", Schema.list(Schema.text()))
            .with("faults", FAULTS)
            .named("ArchiveVerified");

    static final Schema RESTORED = Schema.fields()
            .with("dry_run", Schema.flag())
            .with("segments", Schema.whole().saying("How many were read and found whole"))
            .with("restored", Schema.whole().saying("Events that were brought back, or would be"))
            .with("there", Schema.whole().saying("Events of the segments that the ledger has anyway"))
            .with("refused", Schema.whole().saying("Events of another ledger that this one does not take"))
            .with("kept_until", Schema.time().orNull().saying("Before then the ceiling leaves them alone"))
            .with("faults", FAULTS)
            .named("RestoreReport");

    private ArchiveSchemas() {}
}
