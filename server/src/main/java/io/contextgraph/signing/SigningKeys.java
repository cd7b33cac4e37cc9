// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.signing;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The keys of somebody who signs, newest first.
 *
 * <p><b>Shape.</b> As text those that sign as {@link SigningKey} is written, those that have signed as {@link VerifyingKey} is.
 *
 * @param signing sign everything, each of them
 * @param retired have signed, and sign no more
 */
public record SigningKeys(List<SigningKey> signing, List<VerifyingKey> retired) {
    public SigningKeys {
        signing = List.copyOf(signing);
        retired = List.copyOf(retired);
    }

    /**
     * Reads {@link #pem}.
     *
     * @throws IllegalArgumentException that says what it is instead, and quotes nothing of it
     */
    public static SigningKeys parse(String text) {
        List<SigningKey> signing = new ArrayList<>();
        List<VerifyingKey> retired = new ArrayList<>();
        Iterator<KeyBlocks.Block> blocks = KeyBlocks.blocks(text).iterator();
        while (blocks.hasNext()) {
            KeyBlocks.Block block = blocks.next();
            if (block.is(KeyBlocks.PUBLIC)) {
                retired.add(VerifyingKey.of(block));
                continue;
            }
            KeyBlocks.Block shown = block.is(KeyBlocks.PRIVATE) && blocks.hasNext() ? blocks.next() : block;
            if (!shown.is(KeyBlocks.PUBLIC)) {
                throw new IllegalArgumentException(
                        "has a block " + block.name() + " that no block " + KeyBlocks.PUBLIC + " follows");
            }
            signing.add(SigningKey.of(block, shown));
        }
        if (signing.isEmpty()) {
            throw new IllegalArgumentException("has no block " + KeyBlocks.PRIVATE);
        }
        return new SigningKeys(signing, retired);
    }

    /** As text: a secret. */
    public String pem() {
        StringBuilder text = new StringBuilder();
        signing.forEach(key -> text.append(key.pem()));
        retired.forEach(key -> text.append(key.pem()));
        return text.toString();
    }

    /** Those that verify what was ever signed. */
    public List<VerifyingKey> shown() {
        List<VerifyingKey> all = new ArrayList<>();
        signing.forEach(key -> all.add(key.shown()));
        all.addAll(retired);
        return all;
    }

    /** With a new one in front, beside those that sign. */
    public SigningKeys rotated() {
        List<SigningKey> more = new ArrayList<>(List.of(SigningKey.generate()));
        more.addAll(signing);
        return new SigningKeys(more, retired);
    }

    /** With only the newest signing. */
    public SigningKeys settled() {
        List<VerifyingKey> gone = new ArrayList<>();
        signing.stream().skip(1).forEach(key -> gone.add(key.shown()));
        gone.addAll(retired);
        return new SigningKeys(List.of(signing.getFirst()), gone);
    }
}
