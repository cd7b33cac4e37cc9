// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FreeNamesTest {
    @Test
    void namesAreToldApartByNumbers() {
        Set<String> taken = new LinkedHashSet<>(List.of("b#2"));
        FreeNames names = new FreeNames(taken::contains);
        for (String name : List.of("a", "b", "a", "b", "a", "b#2")) {
            taken.add(names.like(name));
        }
        assertThat(taken).containsExactly("b#2", "a", "b", "a#2", "b#3", "a#3", "b#2#2");
    }

    @Test
    void noNumberIsTriedTwiceForAName() {
        Set<String> taken = new LinkedHashSet<>();
        AtomicLong tried = new AtomicLong();
        FreeNames names = new FreeNames(name -> {
            tried.incrementAndGet();
            return taken.contains(name);
        });
        for (int i = 0; i < 10_000; i++) {
            taken.add(names.like("k"));
        }
        assertThat(taken).hasSize(10_000).contains("k", "k#2", "k#10000");
        assertThat(tried).hasValueLessThanOrEqualTo(20_000);
    }
}
