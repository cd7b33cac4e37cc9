// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.http.contract.Schema;
import java.util.List;

/** The JSON of erasures, as the contract has it. */
public final class ErasureSchemas {
    /** Proves to whoever has the public key what was erased when, and names nobody. */
    public static final Schema RECEIPT = Schema.fields()
            .with("payload", Schema.text().saying("What is signed, byte by byte: JSON"))
            .with("key", Schema.text().saying("Which key has signed it"))
            .with("signature", Schema.text().saying("Ed25519, in base64"))
            .named("ErasureReceipt");

    private static final Schema PLACE = Schema.fields()
            .with("place", Schema.text())
            .with("found", Schema.whole())
            .with("done", Schema.text())
            .with("remains", Schema.list(Schema.text()).saying("What is left for the operator"))
            .with("unreadable", Schema.text().saying("Why nobody can read that all the same"));

    /** Each place, what was found there, what was done, and what remains. */
    public static final Schema REPORT = Schema.fields()
            .with("id", Schema.text())
            .with("state", Schema.choice(List.of("asked", "held", "running", "done")))
            .with(
                    "keys",
                    Schema.list(Schema.text()).saying("Up to which one they are erased, as pseudonym and generation"))
            .with("started_at", Schema.time())
            .with("done_at", Schema.time().orNull())
            .with("held_by", Schema.list(Schema.text()).saying("Sessions whose holds it waits for"))
            .with("places", Schema.list(PLACE))
            .named("ErasureReport");

    /** What an erasure has come to. */
    public static final Schema RESULT = Schema.fields()
            .with("report", Schema.either(Schema.nothing(), REPORT))
            .with("receipt", Schema.either(Schema.nothing(), RECEIPT))
            .named("ErasureResult");

    private ErasureSchemas() {}
}
