// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The contract of the contract: the kit passes a sound wrapper and fails every broken one. */
class KeyWrapperKitTest {
    static final List<Class<?>> BROKEN = List.of(
            BrokenKeyWrappers.IgnoresWhatItBelongsTo.class,
            BrokenKeyWrappers.WrapsTheSameAlike.class,
            BrokenKeyWrappers.OverwritesWhatItIsGiven.class,
            BrokenKeyWrappers.UnwrapsWhatOthersWrapped.class,
            BrokenKeyWrappers.UnwrapsWhatWasAltered.class,
            BrokenKeyWrappers.SaysThatWhatIsDamagedMayPass.class,
            BrokenKeyWrappers.UnwrapsOlderOnesWrongly.class,
            BrokenKeyWrappers.GoesOnWrappingByTheFirst.class,
            BrokenKeyWrappers.LeavesOlderOnesAsTheyAre.class,
            BrokenKeyWrappers.WrapsTheNewestAnewToo.class,
            BrokenKeyWrappers.WrapsAnewForAnybody.class);

    @Test
    void aSoundWrapperPasses() {
        KitRun.passes(BrokenKeyWrappers.Sound.class, 8);
    }

    @ParameterizedTest
    @FieldSource("BROKEN")
    void aBrokenWrapperFails(Class<?> kit) {
        KitRun.fails(kit);
    }
}
