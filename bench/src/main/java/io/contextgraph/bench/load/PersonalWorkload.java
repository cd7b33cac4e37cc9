// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import java.util.Optional;

/** The events of {@link Workload} with something in them, about persons or about nobody. */
public final class PersonalWorkload {
    /** About as long as a turn of a chat. */
    private static final String SAID =
            "I would like to move my appointment to next week, if that is possible, and to know"
                    + " whether I have to bring the letter of the other doctor. You can reach me in the evening, after work. My address"
                    + " has changed, too: it is the one that I gave you on the phone. ";

    private PersonalWorkload() {}

    /** The id of a person. */
    public static String person(long number) {
        return "person-" + number + "@example.org";
    }

    /** What an event carries, as JSON. */
    public static String payload(long number) {
        return "{\"role\":\"user\",\"content\":\"" + SAID + number + "\"}";
    }

    /** An event about nobody. */
    public static Event plain(long number) {
        return Workload.event(number).withPayload(Optional.of(new Payload(payload(number))));
    }

    /** An event about a person, as its producer sends it. */
    public static Event about(long number, String person) {
        return Workload.event(number).about(person, new Payload(payload(number)));
    }
}
