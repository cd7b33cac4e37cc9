// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.List;
import java.util.stream.Collectors;

/** Input that breaks the rules: carries every fault found, not just the first. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    /** Refuses an input for all of {@code faults}. */
    public InvalidInputException(List<Fault> faults) {
        super(faults.stream().map(f -> f.pointer() + ": " + f.message()).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    /** Refuses an input for one fault. */
    public InvalidInputException(String pointer, String code, String message) {
        this(List.of(new Fault(pointer, code, message)));
    }

    /** Every fault, in the order of the input. */
    public List<Fault> faults() {
        return faults;
    }
}
