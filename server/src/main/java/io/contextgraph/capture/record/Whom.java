// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Ids;
import io.contextgraph.privacy.key.DigestKey;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whom the events of an import are about, as the importer was told: nobody; one person; or whom a member of each record names.
 *
 * <p><b>Shape.</b> A member names a person by a text or a whole number; where it is absent, null or an empty text, the record is
 * about nobody.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Whom {
    /** No event is about a person. */
    public static final Whom NOBODY = new Whom(About.NOBODY, null, null);

    private final About all;
    private final @Nullable String attribute;
    private final @Nullable DigestKey key;

    private Whom(About all, @Nullable String attribute, @Nullable DigestKey key) {
        this.all = all;
        this.attribute = attribute;
        this.key = key;
    }

    /** All events are about this person. */
    public static Whom person(SubjectId person, DigestKey key) {
        return new Whom(about(person, key), null, key);
    }

    /** Each record is about the person whom this member of it names. */
    public static Whom named(String attribute, DigestKey key) {
        return new Whom(About.NOBODY, attribute, key);
    }

    private static About about(SubjectId person, DigestKey key) {
        return new About(Optional.of(person), RecordDigest.keyed(key.of(person)));
    }

    /** Whether events may be about persons: then nothing that a file says is told to anybody. */
    public boolean isTold() {
        return key != null;
    }

    /** Whom all are about. */
    Optional<SubjectId> everybody() {
        return all.person();
    }

    /**
     * Whom one record is about.
     *
     * @param places where the member is looked for; the first that has it decides
     * @throws IllegalArgumentException when what it says cannot be the id of a person; the message does not quote it
     */
    public About of(JsonNode... places) {
        return Stream.of(places)
                .flatMap(place -> named(place).stream())
                .findFirst()
                .orElse(all);
    }

    /**
     * Whom a run is about.
     *
     * @param parts what may name its person: what is told of it, and its records
     * @throws IllegalArgumentException as of one record, and when they name more than one person
     */
    public About ofRun(Stream<JsonNode> parts) {
        if (attribute == null) {
            return all;
        }
        Set<SubjectId> persons = parts.flatMap(part -> id(part).stream()).collect(Collectors.toSet());
        if (persons.size() > 1) {
            throw new IllegalArgumentException("a run is about one person, and what names persons here names "
                    + persons.size() + ": import the conversations apart");
        }
        return persons.stream().findFirst().map(this::about).orElse(all);
    }

    private Optional<About> named(JsonNode place) {
        return id(place).map(this::about);
    }

    private About about(SubjectId person) {
        return key == null ? all : about(person, key);
    }

    private Optional<SubjectId> id(JsonNode place) {
        JsonNode value = attribute == null ? null : place.get(attribute);
        if (value == null
                || value.isNull()
                || (value.isString() && value.stringValue().isBlank())) {
            return Optional.empty();
        }
        if (!value.isString() && !value.isIntegralNumber()) {
            throw new IllegalArgumentException("what names the person must be a text or a whole number");
        }
        return Optional.of(person(value.asString()));
    }

    /**
     * The person with this id.
     *
     * @throws IllegalArgumentException when it cannot be one; the message does not quote it
     */
    public static SubjectId person(String id) {
        Optional<String> fault = Ids.fault(id);
        if (fault.isPresent()) {
            throw new IllegalArgumentException("what names the person " + fault.get());
        }
        if (Pseudonym.parse(id).isPresent()) {
            throw new IllegalArgumentException(
                    "what names the person has the form of a pseudonym: name the person by the id"
                            + " that events have");
        }
        return new SubjectId(id);
    }
}
