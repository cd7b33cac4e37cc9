// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;

/** What is compressed is cut or damaged, or cannot be unpacked. */
public final class PackedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean behind;

    private PackedException(String message, boolean behind) {
        super(message);
        this.behind = behind;
    }

    /** It ends before its end. */
    static PackedException cut(String packing) {
        return new PackedException("the " + packing + " stream is cut", false);
    }

    static PackedException damaged(String packing, String why) {
        return new PackedException("the " + packing + " stream is damaged: " + why, false);
    }

    /** Unpacking it would need more memory than it may have. */
    static PackedException tooLarge(String packing, String what) {
        return new PackedException("the " + packing + " stream " + what, false);
    }

    /** It is whole, and something that is none stands behind it. */
    static PackedException followed(String packing) {
        return new PackedException("something else stands behind the " + packing + " stream", true);
    }

    /** Whether all that was unpacked before is as it was compressed. */
    public boolean isBehind() {
        return behind;
    }
}
