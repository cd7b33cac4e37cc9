// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a witness answers.
 *
 * <p><b>Source.</b> C2SP tlog-witness, add-checkpoint.
 */
sealed interface WitnessAnswer {
    int OK = 200;
    int FORBIDDEN = 403;
    int UNKNOWN = 404;
    int CONFLICT = 409;
    int INCONSISTENT = 422;

    String SIZE_TYPE = "text/x.tlog.size";
    Pattern SIZE = Pattern.compile("(0|[1-9]\\d{0,17})\n");

    /** It has cosigned. */
    record Cosigned(SignedNote.Line line) implements WitnessAnswer {}

    /** It has seen the log at another size. */
    record Seen(long size) implements WitnessAnswer {}

    /**
     * It does not cosign.
     *
     * @param why the same words as long as it is the same reason
     * @param disputes whether it says that this is not the log that it has seen
     */
    record Refused(String why, boolean disputes) implements WitnessAnswer {
        static Refused because(String why) {
            return new Refused(why, false);
        }
    }

    /** Reads one. */
    static WitnessAnswer of(HttpResponse<byte[]> response, SignedNote checkpoint, VerifierKey witness) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        int status = response.statusCode();
        return switch (status) {
            case OK -> cosigned(body, checkpoint, witness);
            case CONFLICT ->
                seen(response, body).orElseGet(() -> Refused.because("answers 409 without the size that it has seen"));
            case UNKNOWN ->
                Refused.because("does not know this log, or is not there: give it the verifier key of the log, and look"
                        + " at its address");
            case FORBIDDEN -> Refused.because("knows other keys of this log: give it the verifier key that signs now");
            case INCONSISTENT ->
                new Refused(
                        "says that this log is not the one that it has seen: what it has cosigned before was altered or"
                                + " lost here, or two servers sign under one name; contextgraph audit says more",
                        true);
            default -> Refused.because("answers " + status);
        };
    }

    private static WitnessAnswer cosigned(String body, SignedNote checkpoint, VerifierKey witness) {
        return body.lines()
                .flatMap(line -> line(line).stream())
                .filter(line ->
                        checkpoint.with(List.of(line)).witnessedBy(witness).isPresent())
                .findFirst()
                .<WitnessAnswer>map(Cosigned::new)
                .orElseGet(() -> Refused.because("answers without a cosignature that verifies under its key"));
    }

    /** Others' lines, and what is none, do not matter. */
    private static Optional<SignedNote.Line> line(String text) {
        try {
            return Optional.of(SignedNote.lines(text + "\n").getFirst());
        } catch (IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    private static Optional<WitnessAnswer> seen(HttpResponse<byte[]> response, String body) {
        Matcher size = SIZE.matcher(body);
        boolean told = response.headers()
                .firstValue("Content-Type")
                .filter(type ->
                        type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(SIZE_TYPE))
                .isPresent();
        return told && size.matches() ? Optional.of(new Seen(Long.parseLong(size.group(1)))) : Optional.empty();
    }
}
