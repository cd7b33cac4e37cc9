// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.event.EventFields;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.subject.Subjects;

/** The person of an address. */
public final class SubjectParameter {
    private SubjectParameter() {}

    /** By id; the record of the call has the pseudonym, or nothing of it where there is none. */
    public static Parameter<SubjectId> of(HttpPorts ports) {
        return Parameter.path(
                        "id",
                        new ValueForm<>(
                                ValueForm.NAME_SCHEMA,
                                (pointer, text) ->
                                        new SubjectId(ValueForm.NAME.reader().read(pointer, text))),
                        "The person, as in the data_subject_id that was sent")
                .recordedAs(sent -> recorded(ports, sent));
    }

    private static String recorded(HttpPorts ports, String sent) {
        try {
            return ports.privacy()
                    .subjects()
                    .map(subjects -> subjects.nameOf(new SubjectId(sent)).toString())
                    .orElse("-");
        } catch (IllegalArgumentException noId) {
            return "-";
        }
    }

    /** @throws ProblemException where there are no keys */
    public static Subjects subjects(HttpPorts ports) {
        return ports.privacy().subjects().orElseThrow(() -> unavailable().raised());
    }

    /** Where there are no keys. */
    public static Problem unavailable() {
        return Problem.of(ProblemCode.PRIVACY_UNAVAILABLE, "This server has no keys of persons: set privacy.keys.");
    }

    /** @throws ProblemException where nothing is known of the person */
    public static void requireKnown(HttpPorts ports, SubjectId id) {
        if (!KeyCalls.of(() -> subjects(ports).isKnown(id))) {
            throw unknown(subjects(ports).nameOf(id));
        }
    }

    /** Where nothing is known of a person. */
    static ProblemException unknown(Pseudonym name) {
        return Problem.of(ProblemCode.SUBJECT_NOT_FOUND, "Nothing is known of this person.")
                .with(EventFields.DATA_SUBJECT_ID, name.toString())
                .raised();
    }
}
