// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Proofs;
import io.contextgraph.proof.tree.TreeHasher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What proves to anybody that an event is in a log, without asking anybody else.
 *
 * <p><b>Shape.</b> As text: a line that names the form, the {@link Leaf} in base64, its index, the hashes from its sibling up to the
 * child of the root, an empty line, and the checkpoint as it was signed.
 *
 * <p><b>Source.</b> C2SP tlog-proof.
 *
 * @param path see {@link io.contextgraph.proof.tree.Tree#inclusion}
 * @param checkpoint signed for a tree that has the leaf
 */
public record ProofFile(Leaf leaf, List<Hash> path, SignedNote checkpoint) {
    /** What files of this form end with. */
    public static final String ENDING = ".tlog-proof";

    private static final String FORM = "c2sp.org/tlog-proof@v1";
    private static final Pattern TEXT = Pattern.compile(
            Pattern.quote(FORM)
                    + "\nextra ([A-Za-z0-9+/=]+)\nindex (0|[1-9]\\d{0,17})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n(.*)",
            Pattern.DOTALL);

    public ProofFile {
        path = List.copyOf(path);
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static ProofFile parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a proof has a line " + FORM
                    + ", lines for extra, index and hashes, an empty line, and a checkpoint");
        }
        Leaf leaf = Leaf.parse(new String(Base64.getDecoder().decode(parts.group(1)), StandardCharsets.UTF_8));
        if (Long.parseLong(parts.group(2)) != leaf.index()) {
            throw new IllegalArgumentException("the index of a proof is one less than the number of its event");
        }
        List<Hash> path = new ArrayList<>();
        parts.group(3).lines().forEach(line -> path.add(Hash.ofBase64(line)));
        return new ProofFile(leaf, path, SignedNote.parse(parts.group(4)));
    }

    public String text() {
        StringBuilder text = new StringBuilder(FORM)
                .append("\nextra ")
                .append(Base64.getEncoder().encodeToString(leaf.entry()))
                .append("\nindex ")
                .append(leaf.index())
                .append('\n');
        path.forEach(hash -> text.append(hash.base64()).append('\n'));
        return text.append('\n').append(checkpoint.encoded()).toString();
    }

    /** Whether it proves its event to whoever trusts a key. */
    public boolean proves(VerifierKey log) {
        LogCheckpoint signed = LogCheckpoint.parse(checkpoint.text());
        return checkpoint.isSignedBy(log)
                && signed.origin().equals(log.name())
                && Proofs.includes(
                        new TreeHasher().leaf(leaf.entry()), leaf.index(), signed.size(), path, signed.root());
    }
}
