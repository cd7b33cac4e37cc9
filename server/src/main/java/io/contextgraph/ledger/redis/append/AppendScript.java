// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Script;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The script that appends, for each engine: fragments that share their locals, in an order that each builds on. */
final class AppendScript {
    private static final Map<Engine, Script> BY_ENGINE = new EnumMap<>(Engine.class);

    static {
        for (Engine engine : Engine.values()) {
            BY_ENGINE.put(
                    engine,
                    new Script(Stream.of(
                                    "contract",
                                    "validate",
                                    "index-" + engine.configName(),
                                    "arguments",
                                    "clock",
                                    "head",
                                    "state",
                                    "document",
                                    "write")
                            .map(name -> "append/" + name + ".lua")
                            .toArray(String[]::new)));
        }
    }

    private AppendScript() {}

    static Script of(Engine engine) {
        return Objects.requireNonNull(BY_ENGINE.get(engine));
    }
}
