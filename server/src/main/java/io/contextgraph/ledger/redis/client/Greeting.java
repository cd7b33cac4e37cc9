// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.HashMap;
import java.util.Map;

/**
 * What a server says of itself to whoever comes, whatever else it hides. Pure.
 *
 * <p><b>Source.</b> {@code HELLO}, which no right is needed for.
 */
final class Greeting {
    private Greeting() {}

    /** The same as fields of {@code INFO}. */
    static Map<String, String> fields(Map<String, Object> hello) {
        Map<String, String> fields = new HashMap<>();
        boolean valkey = "valkey".equals(text(hello, "server"));
        if (valkey) {
            fields.put("server_name", "valkey");
        }
        put(fields, valkey ? "valkey_version" : "redis_version", text(hello, "version"));
        if (text(hello, "mode").equals("cluster")) {
            fields.put("cluster_enabled", "1");
        }
        String role = text(hello, "role");
        put(fields, "role", role.equals("replica") ? "slave" : role);
        if (hello.get("modules") instanceof Iterable<?> modules) {
            for (Object module : modules) {
                Map<String, Object> known = Replies.map(module);
                put(fields, "module_" + text(known, "name"), text(known, "ver"));
            }
        }
        return fields;
    }

    private static void put(Map<String, String> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    private static String text(Map<String, Object> map, String name) {
        return Replies.text(map.getOrDefault(name, ""));
    }
}
