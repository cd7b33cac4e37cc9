// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks at one of several parts that are alike: what is found says which one it is of.
 *
 * @param part as in {@code partition 1}
 */
public record PartCheck(String part, Check check) implements Check {
    @Override
    public String name() {
        return check.name();
    }

    @Override
    public Checked look() {
        return named(check.look());
    }

    @Override
    public Optional<Supplier<Checked>> pulse() {
        return check.pulse().map(question -> () -> named(question.get()));
    }

    @Override
    public List<Finding> examine() {
        return named(check.examine());
    }

    @Override
    public Concern unavailable() {
        return check.unavailable();
    }

    @Override
    public Set<Concern> concerns() {
        return check.concerns();
    }

    private Checked named(Checked checked) {
        return new Checked(checked.ready(), named(checked.findings()));
    }

    private List<Finding> named(List<Finding> findings) {
        return findings.stream()
                .map(finding -> new Finding(
                        finding.level(),
                        finding.subject(),
                        part + ": " + finding.message(),
                        finding.concern(),
                        finding.forbidsStart()))
                .toList();
    }
}
