// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Script;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The script that appends, for each engine: fragments that share their locals, in an order that each builds on. */
final class AppendScript {
    private static final Map<Engine, Script> BY_ENGINE = new EnumMap<>(Engine.class);

    static {
        for (Engine engine : Engine.values()) {
            BY_ENGINE.put(engine, with(engine, Map.of()));
        }
    }

    private AppendScript() {}

    static Script of(Engine engine) {
        return Objects.requireNonNull(BY_ENGINE.get(engine));
    }

    /** With other texts in place of some fragments: tests set its clock so, and watch what it does. */
    static Script with(Engine engine, Map<String, String> instead) {
        List<String> fragments = fragments(engine);
        if (!fragments.containsAll(instead.keySet())) {
            throw new IllegalArgumentException("the script has no such fragments: " + instead.keySet());
        }
        return new Script(fragments.stream()
                .map(name -> instead.containsKey(name) ? instead.get(name) : text(name))
                .toList());
    }

    private static List<String> fragments(Engine engine) {
        return List.of(
                "contract",
                "validate",
                "index-" + engine.configName(),
                "arguments",
                "clock",
                "head",
                "state",
                "document",
                "write");
    }

    static String text(String fragment) {
        return Script.text("append/" + fragment + ".lua");
    }
}
