// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;

/** An archive cannot be read, because something is wrong with it. */
public final class ArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ArchiveFault fault;

    ArchiveException(Kind kind, String segment, String message) {
        this(new ArchiveFault(kind, segment, message));
    }

    public ArchiveException(ArchiveFault fault) {
        super(fault.toString());
        this.fault = fault;
    }

    /** What is wrong. */
    public ArchiveFault fault() {
        return fault;
    }
}
