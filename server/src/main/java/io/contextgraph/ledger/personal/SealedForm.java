// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sealed payload of an event about a person, as the ledger takes it.
 *
 * <p><b>Shape.</b> One JSON object with these members in this order, without white space:
 * {@code {"sealed":1,"algorithm":"XAES-256-GCM","key":"<pseudonym>.<key generation>","ciphertext":"<base64>"}}. The append script
 * checks the same.
 *
 * <p><b>Units and bounds.</b> An algorithm has 1 to 40 capitals, digits and hyphens; the generation of a key is from 1 to
 * 999999999; the ciphertext has at least one byte.
 *
 * @param subject whose key opens it
 * @param generation that of the key
 * @param payload the text
 */
public record SealedForm(SubjectPseudonym subject, int generation, Payload payload) {
    /** The highest generation of a key. */
    public static final int MAX_GENERATION = 999_999_999;

    private static final Pattern FORM = Pattern.compile("\\{\"sealed\":1,\"algorithm\":\"[A-Z0-9-]{1,40}\",\"key\":\"("
            + SubjectPseudonym.FORM + ")\\.([1-9][0-9]{0,8})\",\"ciphertext\":\"([A-Za-z0-9+/]++={0,2}+)\"\\}");

    /** Digits of base64 that stand for three bytes. */
    private static final int GROUP = 4;

    /** @throws IllegalArgumentException when no key has this generation */
    public static void requireGeneration(int generation) {
        if (generation < 1 || generation > MAX_GENERATION) {
            throw new IllegalArgumentException("a generation is from 1 to " + MAX_GENERATION + ": " + generation);
        }
    }

    /** Reads a payload; empty where it is in plain, or anything else. */
    public static Optional<SealedForm> parse(Payload payload) {
        Matcher parts = FORM.matcher(payload.json());
        if (!parts.matches() || (parts.end(3) - parts.start(3)) % GROUP != 0) {
            return Optional.empty();
        }
        return Optional.of(
                new SealedForm(new SubjectPseudonym(parts.group(1)), Integer.parseInt(parts.group(2)), payload));
    }

    /** That of an event about a person; empty where it is about nobody, or not as the ledger takes it: sealed for its subject. */
    public static Optional<SealedForm> of(Event event) {
        return event.dataSubjectId()
                .flatMap(subject -> event.payload()
                        .flatMap(SealedForm::parse)
                        .filter(form -> form.subject().value().equals(subject)));
    }
}
