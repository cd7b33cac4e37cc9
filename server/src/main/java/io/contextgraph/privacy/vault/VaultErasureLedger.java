// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyStoreJson;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.vault.VaultDocuments.Document;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The erasures of a {@link VaultKeyStore}.
 *
 * <p><b>Shape.</b> {@code erasures/<two digits>/<pseudonym>} has the steps of each; {@code revision} names the store, and
 * those who are just changing something, with the time at which they began.
 *
 * <p><b>Guarantees.</b> Whoever changes something enters itself in {@code revision} first, and takes itself out afterwards:
 * both make a new version of that document, which is the revision. While somebody is entered, no two looks at it are the same,
 * so that a process which ends in between hides nothing: nothing counts as known until it is taken out, by itself or after an
 * hour by the next.
 */
final class VaultErasureLedger implements ErasureLedger {
    private static final String FOLDER = "erasures";
    private static final String REVISION = "revision";
    private static final String ID = "store_id";
    private static final String CHANGING = "changing";
    private static final String STEPS = "steps";
    private static final int FOLDER_DIGITS = 2;
    private static final int TRIES = 100;
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final VaultDocuments documents;
    private final InstantSource clock;

    VaultErasureLedger(VaultDocuments documents, InstantSource clock) {
        this.documents = documents;
        this.clock = clock;
    }

    /** The first revision: without it there is no store, so that an empty mount is not taken for one where nobody was erased. */
    static void create(VaultDocuments documents) {
        ObjectNode first = revision(UUID.randomUUID().toString(), Json.MAPPER.createObjectNode());
        if (documents.write(REVISION, 0, first).isEmpty()) {
            throw new KeyServiceException(
                    Reason.REFUSED, "there is a store of keys in " + documents.describe() + " already: open it");
        }
    }

    private static ObjectNode revision(String id, ObjectNode changing) {
        ObjectNode data = Json.MAPPER.createObjectNode().put(ID, id);
        data.set(CHANGING, changing);
        return data;
    }

    private Document revisionThere() {
        Document document = documents.read(REVISION);
        if (document.version() == 0) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "there is no store of keys in " + documents.describe() + ": name the mount and path that has it, or"
                            + " bring it back; only where nothing was ever sealed make a new one");
        }
        if (document.data().isEmpty()) {
            throw new KeyServiceException(
                    Reason.DAMAGED,
                    "the revision of erasures in " + documents.describe() + " was deleted: undelete it");
        }
        return document;
    }

    /** Of the store. */
    String id() {
        return id(revisionThere());
    }

    private static String id(Document revision) {
        return revision.data().map(data -> data.path(ID).asString("")).orElse("");
    }

    private static String name(Pseudonym pseudonym) {
        return FOLDER + "/" + pseudonym.digits().substring(0, FOLDER_DIGITS) + "/" + pseudonym;
    }

    @Override
    public Erasures find(Pseudonym pseudonym) {
        return erasures(pseudonym, documents.read(name(pseudonym)));
    }

    private static Erasures erasures(Pseudonym pseudonym, Document document) {
        if (document.data().isEmpty()) {
            if (document.version() > 0) {
                throw damaged(pseudonym, "was deleted: undelete it");
            }
            return Erasures.none(pseudonym);
        }
        return KeyStoreJson.readErasures(pseudonym, document.data().get().path(STEPS))
                .filter(erasures -> !erasures.steps().isEmpty())
                .orElseThrow(() -> damaged(pseudonym, "says something else: bring back what it was"));
    }

    private static KeyServiceException damaged(Pseudonym pseudonym, String what) {
        return new KeyServiceException(
                Reason.DAMAGED, "what Vault has as " + name(pseudonym) + ", the record of an erasure, " + what);
    }

    @Override
    public boolean add(Erasures was, Erasures.Step step) {
        Erasures next = was.with(step);
        Document document = documents.read(name(was.pseudonym()));
        if (!erasures(was.pseudonym(), document).equals(was)) {
            return false;
        }
        String token = UUID.randomUUID().toString();
        changeRevision(changing -> changing.put(token, Times.format(clock.instant())));
        boolean added = false;
        boolean known = false;
        try {
            ObjectNode data = Json.MAPPER.createObjectNode();
            data.set(STEPS, KeyStoreJson.write(next));
            added = documents
                    .write(name(was.pseudonym()), document.version(), data)
                    .isPresent();
            known = true;
        } finally {
            // Where it is not known whether it was written, the entry stays until somebody comes by.
            if (known) {
                changeRevision(changing -> {
                    JsonNode ignored = changing.remove(token);
                });
            }
        }
        return added;
    }

    private interface Change {
        void of(ObjectNode changing);
    }

    private void changeRevision(Change change) {
        for (int i = 0; i < TRIES; i++) {
            Document document = revisionThere();
            ObjectNode changing = Json.MAPPER.createObjectNode();
            changing(document).properties().stream()
                    .filter(entry -> !isAbandoned(entry.getValue()))
                    .forEach(entry -> changing.set(entry.getKey(), entry.getValue()));
            change.of(changing);
            if (documents
                    .write(REVISION, document.version(), revision(id(document), changing))
                    .isPresent()) {
                return;
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE, "the revision of erasures changed all the time while it was written");
    }

    private static JsonNode changing(Document document) {
        return document.data().map(data -> data.path(CHANGING)).orElseGet(Json.MAPPER::createObjectNode);
    }

    private boolean isAbandoned(JsonNode begun) {
        return Times.parse(begun.asString(""))
                .map(at -> at.isBefore(clock.instant().minus(ABANDONED)))
                .orElse(true);
    }

    @Override
    public List<Erasures> list(Optional<Pseudonym> after, int limit) {
        List<Erasures> page = new ArrayList<>();
        String first =
                after.map(last -> last.digits().substring(0, FOLDER_DIGITS)).orElse("");
        List<String> folders = documents.list(FOLDER).stream()
                .filter(folder -> folder.compareTo(first) >= 0)
                .sorted()
                .toList();
        for (String folder : folders) {
            if (page.size() == limit) {
                break;
            }
            documents.list(FOLDER + "/" + folder).stream()
                    .map(name -> Pseudonym.parse(name)
                            .orElseThrow(() -> new KeyServiceException(
                                    Reason.DAMAGED, "something in Vault among the erasures is none: take it away")))
                    .filter(pseudonym -> after.isEmpty() || pseudonym.compareTo(after.get()) > 0)
                    .sorted()
                    .limit(limit - page.size())
                    .forEach(pseudonym -> page.add(find(pseudonym)));
        }
        return page;
    }

    @Override
    public String revision() {
        Document document = revisionThere();
        String version = "version " + document.version();
        return changing(document).isEmpty() ? version : version + " while it changes " + UUID.randomUUID();
    }
}
