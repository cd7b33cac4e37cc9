// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What the objects of a JVM have of {@link Marks} or of other bytes, and by what they are held. */
final class HeapSearch {
    private static final int FAR = 14;

    /** Of what the collector may clear, and does when it makes a dump. */
    private static final String WEAK = ".referent";

    private final HeapDump dump;

    HeapSearch(HeapDump dump) {
        this.dump = dump;
    }

    /** What the arrays of numbers have. */
    Set<String> found(Function<byte[], Set<String>> sought) throws IOException {
        Set<String> all = new TreeSet<>();
        dump.visit(new HeapDump.Visitor() {
            @Override
            public void array(long id, byte[] values) {
                boolean ignored = all.addAll(sought.apply(values));
            }
        });
        return all;
    }

    /**
     * Which of the arrays of numbers have something, and how each is held.
     *
     * @param sought what some bytes have
     * @return by what was found: the way from the array to what stays for itself, outwards
     */
    Map<String, Set<String>> holders(Function<byte[], Set<String>> sought) throws IOException {
        Map<Long, Set<String>> arrays = new HashMap<>();
        dump.visit(new HeapDump.Visitor() {
            @Override
            public void array(long id, byte[] values) {
                Set<String> found = sought.apply(values);
                if (!found.isEmpty()) {
                    Set<String> ignored = arrays.put(id, found);
                }
            }
        });
        Map<String, Set<String>> holders = new TreeMap<>();
        if (!arrays.isEmpty()) {
            Map<Long, Holder> outwards = outwards(arrays.keySet());
            arrays.forEach((id, found) -> found.forEach(what ->
                    holders.computeIfAbsent(what, none -> new TreeSet<>()).add(way(id, outwards))));
        }
        return holders;
    }

    /** The first that was seen to hold something; 0 for what stays for itself. */
    private record Holder(long id, String by) {}

    private static String way(long from, Map<Long, Holder> outwards) {
        StringBuilder way = new StringBuilder();
        Holder holder = outwards.get(from);
        for (int i = 0; i < FAR && holder != null; i++) {
            way.append(i == 0 ? "" : " < ").append(holder.by());
            holder = outwards.get(holder.id());
        }
        return way.toString();
    }

    private Map<Long, Holder> outwards(Set<Long> from) throws IOException {
        Map<Long, Holder> holders = new HashMap<>();
        Set<Long> edge = new HashSet<>(from);
        for (int i = 0; i < FAR && !edge.isEmpty(); i++) {
            Map<Long, Holder> farther = new HashMap<>();
            Set<Long> inner = edge;
            dump.visit(new HeapDump.Visitor() {
                @Override
                public void holds(long id, String by, long held) {
                    if (inner.contains(held) && !holders.containsKey(held) && id != held && !by.endsWith(WEAK)) {
                        Holder ignored = farther.putIfAbsent(held, new Holder(id, by));
                    }
                }

                @Override
                public void root(long id, String kind) {
                    if (inner.contains(id)) {
                        Holder ignored = farther.put(id, new Holder(0, kind));
                    }
                }
            });
            holders.putAll(farther);
            edge = new HashSet<>();
            for (Holder holder : farther.values()) {
                if (holder.id() != 0 && !holders.containsKey(holder.id())) {
                    edge.add(holder.id());
                }
            }
        }
        return holders;
    }
}
