// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Tells our own traces from those of others, so that no server is sent what it, or another one on its ledger, has sent.
 *
 * <p><b>Shape.</b> A mark is the id of the process, then that of its ledger where there is one: {@code 5f0c...,9ab1...}. It is the
 * header {@value #HEADER} of each export, and the attribute {@value #ATTRIBUTE} of the resource of each span, which stays
 * with it whoever passes it on.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class OwnTraces {
    /** The header that every export of a Context Graph has. */
    public static final String HEADER = "X-Context-Graph-Traces-Of";

    /** The attribute that the resource of every span of a Context Graph has. */
    public static final String ATTRIBUTE = "contextgraph.traces_of";

    private static final String BETWEEN = ",";

    private final String process = UUID.randomUUID().toString();
    private final Supplier<Optional<String>> ledger;
    private volatile Optional<String> known = Optional.empty();

    /** @param ledger asks for the id of the ledger, which an empty one does not have */
    public OwnTraces(Supplier<Optional<String>> ledger) {
        this.ledger = ledger;
    }

    /** The id of this process. */
    String process() {
        return process;
    }

    /** Our mark now; while the ledger does not answer, with what it last said. */
    String mark() {
        try {
            known = ledger.get();
        } catch (RuntimeException away) {
            // Whoever appends is told; a mark with the id of the process alone is one, too.
        }
        return known.map(id -> process + BETWEEN + id).orElse(process);
    }

    /**
     * Whether a mark is that of this server, or of another one on its ledger, which is asked once at most.
     *
     * <p><b>Errors.</b> What the ledger throws when it does not answer.
     */
    public Predicate<String> look() {
        return new Predicate<>() {
            private boolean asked;
            private Optional<String> id = Optional.empty();

            @Override
            public boolean test(String mark) {
                List<String> ids = List.of(mark.split(BETWEEN, 3));
                if (ids.contains(process)) {
                    return true;
                }
                return ids.size() > 1 && id().filter(ids::contains).isPresent();
            }

            private Optional<String> id() {
                if (!asked) {
                    id = ledger.get();
                    asked = true;
                }
                return id;
            }
        };
    }
}
