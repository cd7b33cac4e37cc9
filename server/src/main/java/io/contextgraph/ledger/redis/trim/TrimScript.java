// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The scripts of trimming, each joined from its fragments; what time it is stands alone, so that tests can set it. */
public final class TrimScript {
    /** Asks Redis what time it is. */
    public static final String CLOCK = Script.text("append/clock.lua");

    /** Asks the groups. */
    static final String GUARD = Script.text("trim/guard.lua");

    private TrimScript() {}

    /** @param operations fragments, by folder and name, without their ending */
    public static Script of(String clock, String... operations) {
        List<String> texts = new ArrayList<>(List.of(Script.text("trim/head.lua"), clock));
        Arrays.stream(operations).map(name -> Script.text(name + ".lua")).forEach(texts::add);
        return new Script(texts);
    }
}
