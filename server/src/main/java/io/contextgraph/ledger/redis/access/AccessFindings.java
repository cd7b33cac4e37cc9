// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What the rights of the users in Redis mean, and what to do about it. Pure. */
final class AccessFindings {
    private final List<Finding> all = new ArrayList<>();

    private AccessFindings() {}

    static List<Finding> of(AccessCheck access) {
        AccessFindings findings = new AccessFindings();
        findings.access(access);
        return findings.all;
    }

    private void access(AccessCheck access) {
        if (access.open()) {
            add(
                    Level.PROBLEM,
                    "redis.access",
                    "anybody who reaches Redis may read the ledger without a password: switch the user default off");
        }
        access.unasked()
                .ifPresent(reason -> add(Level.WARNING, "redis.access", Unseen.RIGHTS.message() + " (" + reason + ")"));
        List<AccessCheck.Account> shared =
                access.accounts().stream().filter(account -> !account.own()).toList();
        if (!shared.isEmpty()) {
            String roles =
                    shared.stream().map(account -> account.role().configName()).collect(Collectors.joining(", "));
            add(
                    Level.WARNING,
                    "redis.access",
                    "the user " + shared.getFirst().user() + " of redis.url does the work of " + roles
                            + ": give each role a user of its own, see contextgraph redis-acl");
        }
        access.accounts().forEach(account -> account(account, access.unasked().isEmpty()));
    }

    private void account(AccessCheck.Account account, boolean asked) {
        String subject = "redis.access." + account.role().configName();
        Map<Boolean, List<String>> missing =
                account.missing().stream().collect(Collectors.partitioningBy(AccessRules::isDispensable));
        List<String> needed = Objects.requireNonNull(missing.get(false));
        List<String> dispensable = Objects.requireNonNull(missing.get(true));
        if (account.own() && !dispensable.isEmpty()) {
            add(
                    Level.WARNING,
                    subject,
                    account.user() + " may not give " + String.join(" ", dispensable)
                            + ": it works without, and less is seen; load what contextgraph redis-acl prints");
        }
        if (!needed.isEmpty()) {
            add(
                    Level.PROBLEM,
                    subject,
                    account.user() + " may not do what it must: " + String.join(" ", needed)
                            + (needed.stream().allMatch(name -> name.startsWith("ft."))
                                    ? " (its rights fit another generation of Search)"
                                    : "")
                            + "; load what contextgraph redis-acl prints");
        }
        if (account.own() && !account.excess().isEmpty()) {
            add(
                    Level.PROBLEM,
                    subject,
                    account.user() + " may do what it need not: " + String.join(" ", account.excess())
                            + "; load what contextgraph redis-acl prints");
        }
        if (account.own()
                && asked
                && account.missing().isEmpty()
                && account.excess().isEmpty()) {
            add(Level.OK, subject, account.user() + " may do what it must and nothing else");
        }
    }

    private void add(Level level, String subject, String message) {
        all.add(Finding.of(level, subject, message));
    }
}
