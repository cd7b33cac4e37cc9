// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The contract of the contract: the kit passes a sound store of keys and fails every broken one. */
class KeyStoreKitTest {
    static final List<Class<?>> BROKEN = List.of(
            BrokenKeyStores.WritesOver.class,
            BrokenKeyStores.SaysThatItsOwnKeyIsKept.class,
            BrokenKeyStores.BringsBackWhatIsGone.class,
            BrokenKeyStores.ReplacesAnything.class,
            BrokenKeyStores.KeepsWhatItDestroys.class,
            BrokenKeyStores.DestroysAllGenerations.class,
            BrokenKeyStores.RemembersForItself.class,
            BrokenKeyStores.LosesTheLastOfAPage.class,
            BrokenKeyStores.AddsStepsToAnything.class,
            BrokenKeyStores.ForgetsAnErasureOnceItIsDone.class,
            BrokenKeyStores.HasOneRevision.class,
            BrokenKeyStores.HasAnotherRevisionEachTime.class);

    @Test
    void aSoundStorePasses() {
        KitRun.passes(BrokenKeyStores.Sound.class, 20);
    }

    @ParameterizedTest
    @FieldSource("BROKEN")
    void aBrokenStoreFails(Class<?> kit) {
        KitRun.fails(kit);
    }
}
