// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.privacy.erasure.ErasureReceipt;
import io.contextgraph.privacy.erasure.RememberedErasures;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.signing.VerifyingKey;
import java.util.Optional;

/**
 * The receipts that a ledger remembers.
 *
 * @param signer the key for receipts
 */
public record ReceiptEvidence(RememberedErasures remembered, VerifyingKey signer) implements ErasureEvidence {
    @Override
    public Optional<Receipt> find(String pseudonym) {
        return Pseudonym.parse(pseudonym)
                .flatMap(name -> remembered.receipt(name).map(receipt -> receipt(name, receipt)));
    }

    @Override
    public boolean isOpen(String pseudonym) {
        return Pseudonym.parse(pseudonym).filter(remembered::isOpen).isPresent();
    }

    private Receipt receipt(Pseudonym name, ErasureReceipt receipt) {
        return new Receipt(
                receipt.verify(signer) && receipt.isOf(name),
                receipt.recordedAs(),
                receipt.digest(),
                receipt.through());
    }
}
