// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.util.List;

/** What retention and restores ask of Redis, in words. */
final class RetentionCommands {
    private RetentionCommands() {}

    /** For people: the command, or what its script is for. */
    static String name(List<String> words) {
        if (!words.getFirst().equals("EVALSHA")) {
            return words.getFirst();
        }
        int keys = Integer.parseInt(words.get(2));
        String key = words.get(3);
        if (key.endsWith("lease:retention")) {
            return words.size() - keys == 6 ? "renew the lease" : "take the lease";
        }
        if (key.endsWith("retention")) {
            return "note";
        }
        return keys < 3 ? "other script" : script(keys, words.get(5), words.get(6));
    }

    private static String script(int keys, String third, String fourth) {
        if (third.endsWith("prunings")) {
            return "begin a pruning";
        }
        if (third.endsWith("dedup:events")) {
            return keys == 3 ? "forget" : fourth.endsWith("originals") ? "restore" : "prune";
        }
        return keys == 3 ? "other script" : "step";
    }
}
