// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.proof.Leaf;
import io.contextgraph.proof.ProofFile;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.signing.SigningKey;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What proves nothing, made from what does: with nothing but its text, and, what is signed anew, with the key of the log.
 *
 * <p><b>Threads.</b> One.
 */
final class FalseProofs {
    /**
     * One of them.
     *
     * @param key by which it is checked
     */
    record FalseProof(String text, VerifierKey key) {}

    /** The order of the base point of Ed25519. */
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final int HALF = 32;
    private static final int ID_BYTES = 4;

    private final ProofFile proof;
    private final ProofFile other;
    private final VerifierKey log;
    private final SigningKey key;
    private final SigningKey otherKey = SigningKey.generate();
    private final Map<String, FalseProof> all = new LinkedHashMap<>();

    private FalseProofs(ProofFile proof, ProofFile other, VerifierKey log, SigningKey key) {
        this.proof = proof;
        this.other = other;
        this.log = log;
        this.key = key;
    }

    /**
     * Many of them, by what is false about each.
     *
     * @param proof a true one, of neither the first event nor the last
     * @param other a true one of another event of the same log, not the next
     * @param log who has signed both
     * @param key with what
     */
    static Map<String, FalseProof> of(ProofFile proof, ProofFile other, VerifierKey log, SigningKey key) {
        FalseProofs proofs = new FalseProofs(proof, other, log, key);
        proofs.leaves();
        proofs.paths();
        proofs.checkpoints();
        proofs.signatures();
        proofs.keys();
        proofs.forms();
        return proofs.all;
    }

    private void leaves() {
        Leaf leaf = proof.leaf();
        leaf("hash of the content", leaf.seq(), leaf.position(), leaf.id(), flipped(leaf.contentHash()));
        leaf("id of the event", leaf.seq(), leaf.position(), new EventId(new UUID(1, 2)), leaf.contentHash());
        leaf("position", leaf.seq(), leaf.position().next(), leaf.id(), leaf.contentHash());
        leaf("number, one more", leaf.seq() + 1, leaf.position(), leaf.id(), leaf.contentHash());
        leaf("number, one less", leaf.seq() - 1, leaf.position(), leaf.id(), leaf.contentHash());
        add("leaf and index of another event", with(other.leaf(), proof.path(), proof.checkpoint()));
        add("leaf of another event", line("extra", base64(other.leaf().entry())));
        add("leaf as of an event that has gone", line("extra", base64(gone(leaf.seq()))));
        add("index", line("index", Long.toString(leaf.index() + 1)));
        add("index, none", line("index", "-1"));
    }

    private void leaf(String what, long seq, Position position, EventId id, ContentHash contentHash) {
        add(what, with(new Leaf(seq, position, id, contentHash), proof.path(), proof.checkpoint()));
    }

    private static ContentHash flipped(ContentHash hash) {
        String begin = hash.hex().substring(0, hash.hex().length() - 1);
        return new ContentHash(begin + (hash.hex().endsWith("0") ? "1" : "0"));
    }

    private static byte[] gone(long seq) {
        return ("context-graph-gone/v1\n" + seq + "\n").getBytes(UTF_8);
    }

    private void paths() {
        path("first hash", path -> path.set(0, flipped(path.getFirst())));
        path("last hash", path -> path.set(path.size() - 1, flipped(path.getLast())));
        path("first hash missing", List::removeFirst);
        path("last hash missing", List::removeLast);
        path("all hashes missing", List::clear);
        path("a hash too many at the end", path -> path.add(path.getFirst()));
        path("a hash too many at the beginning", path -> path.addFirst(path.getLast()));
        path("two hashes swapped", path -> Collections.swap(path, 0, 1));
        path("hashes in the opposite order", Collections::reverse);
        add("hashes of another event", with(proof.leaf(), other.path(), proof.checkpoint()));
    }

    private void path(String what, Consumer<List<Hash>> change) {
        List<Hash> path = new ArrayList<>(proof.path());
        change.accept(path);
        add(what, with(proof.leaf(), path, proof.checkpoint()));
    }

    private static Hash flipped(Hash hash) {
        byte[] bytes = hash.bytes();
        bytes[Hash.BYTES - 1] ^= 1;
        return Hash.of(bytes);
    }

    private void checkpoints() {
        LogCheckpoint own = LogCheckpoint.parse(proof.checkpoint().text());
        checkpoint("root", new LogCheckpoint(own.origin(), own.size(), flipped(own.root())));
        checkpoint("size, twice as much", new LogCheckpoint(own.origin(), 2 * own.size(), own.root()));
        checkpoint(
                "size, up to the event",
                new LogCheckpoint(own.origin(), proof.leaf().index(), own.root()));
        checkpoint("origin", new LogCheckpoint(own.origin() + "1", own.size(), own.root()));
    }

    private void checkpoint(String what, LogCheckpoint checkpoint) {
        noted(what, new SignedNote(checkpoint.text(), proof.checkpoint().lines()));
        noted(what + ", signed anew", SignedNote.of(checkpoint.text(), log.name(), List.of(key)));
    }

    private void noted(String what, SignedNote note) {
        add(what, with(proof.leaf(), proof.path(), note));
    }

    private void signatures() {
        byte[] text = proof.checkpoint().text().getBytes(UTF_8);
        byte[] own = key.sign(text);
        signature("first half of the signature", changed(own, bytes -> bytes.put(1, (byte) (bytes.get(1) ^ 1))));
        signature("second half of the signature", changed(own, bytes -> bytes.put(HALF, (byte) (bytes.get(HALF) ^ 1))));
        signature("signature written otherwise", changed(own, FalseProofs::otherwise));
        signature("signature of another key under the id of this one", otherKey.sign(text));
        noted("signature of another key", SignedNote.of(proof.checkpoint().text(), log.name(), List.of(otherKey)));
        noted("signature of another name", SignedNote.of(proof.checkpoint().text(), log.name() + "1", List.of(key)));
        noted("no signature", new SignedNote(proof.checkpoint().text(), List.of()));
    }

    private void signature(String what, byte[] signature) {
        byte[] all = ByteBuffer.allocate(ID_BYTES + signature.length)
                .putInt(log.id())
                .put(signature)
                .array();
        noted(
                what,
                new SignedNote(
                        proof.checkpoint().text(), List.of(new SignedNote.Line(log.name(), log.id(), base64(all)))));
    }

    private static byte[] changed(byte[] bytes, UnaryOperator<ByteBuffer> change) {
        return change.apply(ByteBuffer.wrap(bytes.clone())).array();
    }

    /** Its number as large as the order is more: without that it would be the same. */
    private static ByteBuffer otherwise(ByteBuffer signature) {
        BigInteger number = BigInteger.ZERO;
        for (int i = 2 * HALF - 1; i >= HALF; i--) {
            number = number.shiftLeft(Byte.SIZE).or(BigInteger.valueOf(signature.get(i) & 0xff));
        }
        number = number.add(ORDER);
        for (int i = HALF; i < 2 * HALF; i++) {
            ByteBuffer ignored = signature.put(i, number.byteValue());
            number = number.shiftRight(Byte.SIZE);
        }
        return signature;
    }

    private void keys() {
        add("another key", proof.text(), new VerifierKey(log.name(), VerifierKey.Kind.LOG, otherKey.shown()));
        add("key of another log", proof.text(), new VerifierKey(log.name() + "1", VerifierKey.Kind.LOG, log.key()));
        add("key of a witness", proof.text(), new VerifierKey(log.name(), VerifierKey.Kind.WITNESS, log.key()));
    }

    private void forms() {
        String text = proof.text();
        add("nothing", "");
        add("cut off", text.substring(0, text.length() - 1));
        add("no form", text.substring(text.indexOf('\n') + 1));
        add("another form", text.replaceFirst("@v1", "@v2"));
        add("no leaf", text.replaceFirst("extra .*\n", ""));
        add("other ends of lines", text.replace("\n", "\r\n"));
        add("one more line", text + "\n");
        add("no empty line", text.replaceFirst("\n\n", "\n"));
    }

    private String line(String name, String value) {
        return proof.text().replaceFirst("(?m)^" + name + " .*$", name + " " + value);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String with(Leaf leaf, List<Hash> path, SignedNote checkpoint) {
        return new ProofFile(leaf, path, checkpoint).text();
    }

    private void add(String what, String text) {
        if (text.equals(proof.text())) {
            throw new AssertionError(what + " is as it was");
        }
        add(what, text, log);
    }

    private void add(String what, String text, VerifierKey by) {
        if (all.putIfAbsent(what, new FalseProof(text, by)) != null) {
            throw new AssertionError(what + " is there twice");
        }
    }
}
