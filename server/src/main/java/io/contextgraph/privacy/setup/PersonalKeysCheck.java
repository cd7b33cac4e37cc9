// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.privacy.key.KeyServiceException;
import java.util.List;
import java.util.function.Supplier;

/** Looks at whether what is about persons can be sealed and opened. */
public final class PersonalKeysCheck implements Check {
    /** Events about persons are refused, and their payloads cannot be read; everything else goes on. */
    static final Concern UNAVAILABLE = Concern.degrading("personal_keys_unavailable");

    private final Supplier<PersonalKeys> keys;

    /** @param keys opened by whoever asks first; throws where they cannot be used */
    public PersonalKeysCheck(Supplier<PersonalKeys> keys) {
        this.keys = keys;
    }

    @Override
    public String name() {
        return "privacy";
    }

    @Override
    public Concern unavailable() {
        return UNAVAILABLE;
    }

    @Override
    public Checked look() {
        try {
            keys.get().probe();
            return new Checked(true, List.of());
        } catch (KeyServiceException away) {
            return new Checked(
                    false,
                    List.of(Finding.of(Level.PROBLEM, "privacy.keys", String.valueOf(away.getMessage()))
                            .as(UNAVAILABLE)));
        }
    }

    @Override
    public List<Finding> examine() {
        List<Finding> seen = look().findings();
        return seen.isEmpty()
                ? List.of(Finding.of(Level.OK, "privacy.keys", keys.get().describe()))
                : seen;
    }
}
