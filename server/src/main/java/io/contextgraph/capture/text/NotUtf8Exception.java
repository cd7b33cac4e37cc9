// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.nio.charset.CharacterCodingException;

/** Bytes that are no UTF-8, and that announce no other encoding. */
public final class NotUtf8Exception extends CharacterCodingException {
    private static final long serialVersionUID = 1L;

    private final String place;

    /** @param place where the first of them is, such as {@code column 12} */
    public NotUtf8Exception(String place) {
        this.place = place;
    }

    @Override
    public String getMessage() {
        return "is not UTF-8 at " + place
                + " (Windows-1252 or Latin-1?): convert it, e.g. iconv -f WINDOWS-1252 -t UTF-8";
    }
}
