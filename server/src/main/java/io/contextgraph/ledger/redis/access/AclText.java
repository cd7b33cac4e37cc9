// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Keys;
import java.util.List;
import java.util.stream.Stream;

/** Rules as the ACL of Redis writes them. */
final class AclText {
    /** Commands that Redis has only since 7.2: an older one refuses to load a file that names them. */
    private static final List<String> SINCE_72 = List.of("client|setinfo", "waitaof");

    private AclText() {}

    /** A user's rights as the ACL writes them, without name and password. */
    static String of(List<Rule> rules, boolean before72) {
        StringBuilder text = new StringBuilder("-@all");
        rules.stream()
                .filter(rule -> rule.patterns().isEmpty())
                .forEach(rule -> commands(rule, before72)
                        .forEach(command -> text.append(" +").append(command)));
        rules.stream().filter(rule -> !rule.patterns().isEmpty()).forEach(rule -> {
            text.append(" (")
                    .append(String.join(
                            " ", commands(rule, before72).map("+"::concat).toList()));
            rule.patterns()
                    .forEach(pattern ->
                            text.append(' ').append(rule.access().mark).append(Keys.glob(pattern)));
            text.append(')');
        });
        return text.toString();
    }

    private static Stream<String> commands(Rule rule, boolean before72) {
        return rule.commands().stream()
                .map(AccessRules::name)
                .distinct()
                .filter(name -> !before72 || !SINCE_72.contains(name));
    }
}
