// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.util.List;
import java.util.Locale;

/** What commands to Redis are called: each by what it is about. */
public final class CommandNames {
    private CommandNames() {}

    /**
     * For people: a command, and the kind of its key; a script by the kinds of its keys.
     *
     * @param words of the command
     * @param prefix of all keys
     */
    public static String of(List<String> words, String prefix) {
        String command = words.getFirst().toUpperCase(Locale.ROOT);
        if (command.equals("EVALSHA")) {
            int keys = Integer.parseInt(words.get(2));
            List<String> kinds = words.subList(3, 3 + keys).stream()
                    .map(key -> kind(key, prefix))
                    .distinct()
                    .toList();
            return "script on " + String.join(" ", kinds);
        }
        return words.size() > 1 ? (command + " " + kind(words.get(1), prefix)).strip() : command;
    }

    private static String kind(String word, String prefix) {
        String key = word.startsWith(prefix) ? word.substring(prefix.length()) : word;
        String kind = key.contains(":") ? key.substring(0, key.indexOf(':')) : key;
        return kind.matches("[A-Za-z]{2,20}") ? kind : "";
    }
}
