// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.http.contract.Schema;

/** The JSON of erasures, as the contract has it. */
public final class ErasureSchemas {
    /** Proves to whoever has the public key what was erased when, and names nobody. */
    public static final Schema RECEIPT = Schema.fields()
            .with("payload", Schema.text().saying("What is signed, byte by byte: JSON"))
            .with("key", Schema.text().saying("Which key has signed it"))
            .with("signature", Schema.text().saying("Ed25519, in base64"))
            .named("ErasureReceipt");

    private ErasureSchemas() {}
}
