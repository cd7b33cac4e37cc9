// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/** Appends single events that carry something, about persons or about nobody. */
public final class PersonalPosts implements Load.Step {
    private final HttpConnection connection;
    private final int persons;

    /** @param persons how many the events are about, in turn; 0 for nobody */
    public PersonalPosts(URI server, int persons) {
        this.persons = persons;
        try {
            connection = new HttpConnection(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int run(long number) throws IOException {
        String answer = connection.post("/v1/events", json(number), 201);
        if (!answer.contains("\"duplicate\":false")) {
            throw new IOException("not appended: " + answer);
        }
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

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
