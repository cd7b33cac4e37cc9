// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.Archive;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.signing.SigningKeys;
import io.contextgraph.signing.VerifyingKey;
import io.contextgraph.storage.Storage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a log is made of.
 *
 * @param ledger of which it is
 * @param storage where its files are
 * @param keys that sign it
 * @param archives what has events, or only their ids, that are not in the ledger any more
 * @param scratch local folder for temporary files
 * @param witnesses those who cosign it
 */
public record SealerParts(
        Partition ledger,
        Storage storage,
        ProofKeys keys,
        ProofSettings settings,
        Supplier<List<Archive>> archives,
        Path scratch,
        Witnesses witnesses,
        InstantSource clock) {
    /**
     * The keys; made now where nothing was ever signed.
     *
     * @param seal what the ledger remembers of who signed for it
     */
    SigningKeys signing(LogName name, Optional<Seal> seal) {
        if (!keys.exist()) {
            if (seal.isPresent() || isSigned(name)) {
                throw new ProofException(
                        Reason.FOREIGN,
                        "there is no " + keys
                                + ", and this ledger was signed for: bring the file with its keys back from a copy, or"
                                + " from the server that signed, whose ids are "
                                + seal.map(Seal::keys).orElse(List.of()));
            }
            keys.create();
        }
        SigningKeys read = keys.read();
        Set<String> ids = read.shown().stream().map(VerifyingKey::id).collect(Collectors.toSet());
        if (seal.filter(known -> known.keys().stream().noneMatch(ids::contains)).isPresent()) {
            throw new ProofException(
                    Reason.FOREIGN,
                    "none of the keys in " + keys + " has signed for this ledger, of which the ids are "
                            + seal.get().keys() + ": all servers of a ledger need the same file; bring it there");
        }
        return read;
    }

    private boolean isSigned(LogName name) {
        return StoredLog.epochs(storage, name).stream()
                .anyMatch(
                        epoch -> new StoredLog(storage, name.of(epoch)).newest().isPresent());
    }
}
