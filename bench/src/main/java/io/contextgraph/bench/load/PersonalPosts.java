// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.net.URI;

/** Appends single events that carry something, about persons or about nobody. */
public final class PersonalPosts extends Posts {
    private final int persons;

    /** @param persons how many the events are about, in turn; 0 for nobody */
    public PersonalPosts(URI server, int persons) {
        super(server);
        this.persons = persons;
    }

    @Override
    public int run(long number) throws IOException {
        String ignored = postOne(json(number));
        return 1;
    }

    private String json(long number) {
        String plain = Workload.json(number);
        StringBuilder json = new StringBuilder(plain.substring(0, plain.length() - 1));
        if (persons > 0) {
            json.append(",\"data_subject_id\":\"")
                    .append(PersonalWorkload.person(number % persons))
                    .append('"');
        }
        return json.append(",\"payload\":")
                .append(PersonalWorkload.payload(number))
                .append('}')
                .toString();
    }
}
