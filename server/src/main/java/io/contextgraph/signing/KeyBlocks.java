// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.signing;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys as text, with whatever stands between them. */
final class KeyBlocks {
    static final String PRIVATE = "PRIVATE KEY";
    static final String PUBLIC = "PUBLIC KEY";

    private static final int LINE = 64;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private KeyBlocks() {}

    /**
     * One of them.
     *
     * @param name as it stands in its first line
     */
    record Block(String name, String text) {
        boolean is(String wanted) {
            return name.equals(wanted);
        }

        /** @throws IllegalArgumentException when it is no base64 */
        byte[] content() {
            return Base64.getMimeDecoder().decode(text);
        }
    }

    /** All that stand in a text, in their order. */
    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text);
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        return blocks;
    }

    static String text(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END " + name + "-----\n";
    }
}
