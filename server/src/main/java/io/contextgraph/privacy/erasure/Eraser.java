// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.erasure.ErasureOutcome.Erased;
import io.contextgraph.privacy.erasure.ErasureOutcome.Held;
import io.contextgraph.privacy.erasure.ErasureOutcome.Unknown;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.Erasures.Kind;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.WrappedKeyStore;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases persons: the intent, the fence, the keys, the payloads, every other place, the receipt.
 *
 * <p><b>Guarantees.</b> Once a person's erasure has begun nobody can seal or open anything of them any more, and it ends, however
 * often it breaks off, when it is asked for again: see {@link #begun}. One that is done is told of again with its receipt. A hold
 * on a session of the person stops it before it begins, and only then.
 *
 * <p><b>Errors.</b> What keys, ledger or places throw: what was done stays done, and the erasure is to be asked for again.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes; of several that erase the same person at once each does the work,
 * and the last one's report is remembered, so that it is better done by one: see {@link ErasureWork}.
 */
public final class Eraser {
    /** What is told of keys. */
    public static final String KEYS = "keys";

    /** What is told of sealed payloads. */
    public static final String PAYLOADS = "payloads";

    private static final Logger LOG = LoggerFactory.getLogger(Eraser.class);
    private static final int PAGE = 1_000;

    private final Ledger ledger;
    private final WrappedKeyStore store;
    private final ErasureParts parts;
    private final InstantSource clock;
    private final KeyErasure keys;
    private final PayloadErasure payloads;

    public Eraser(Ledger ledger, WrappedKeyStore store, ErasureParts parts, InstantSource clock) {
        this.ledger = ledger;
        this.store = store;
        this.parts = parts;
        this.clock = clock;
        this.keys = new KeyErasure(store);
        this.payloads = new PayloadErasure(ledger);
    }

    /**
     * Erases a person, or goes on with that.
     *
     * @param asked all pseudonyms of the person, newest first, as {@link io.contextgraph.privacy.key.Pseudonyms#all} has them
     */
    public ErasureOutcome erase(List<Pseudonym> asked) {
        Optional<ErasureEntry> known = find(asked);
        List<Pseudonym> names = names(asked, known);
        if (known.filter(entry -> entry.is(State.DONE) && entry.isOpen()).isPresent()) {
            ErasureEntry recorded = record(known.get());
            if (!isNeeded(names)) {
                return erased(recorded);
            }
            known = Optional.of(recorded);
        }
        if (known.filter(entry -> entry.is(State.RUNNING)).isPresent()) {
            return run(names, known.get());
        }
        boolean waits = known.filter(entry -> entry.is(State.HELD)).isPresent();
        if (!isBegun(names)) {
            if (!waits && !isNeeded(names)) {
                return ended(names, known);
            }
            List<SessionId> held = held(names);
            ErasureEntry begins = begins(names, known);
            if (!held.isEmpty()) {
                ErasureReport report = begins.report().held(held);
                remember(names, begins.with(report));
                return new Held(report);
            }
            return run(names, begins);
        }
        return run(names, begins(names, known));
    }

    /** There is nothing of the person that is not erased. */
    private ErasureOutcome ended(List<Pseudonym> names, Optional<ErasureEntry> known) {
        if (known.isPresent()) {
            return erased(known.get());
        }
        boolean isErased = names.stream()
                .anyMatch(name -> !store.erasures().find(name).steps().isEmpty());
        // What was remembered of it is lost with the store of the ledger: the same course finds what there is to tell.
        return isErased ? run(names, begins(names, known)) : new Unknown();
    }

    /**
     * What is told of a person's erasure.
     *
     * @param name any pseudonym of the person
     */
    public Optional<ErasureReport> report(Pseudonym name) {
        return find(List.of(name)).map(ErasureEntry::report);
    }

    /**
     * The receipt of a person's last erasure that is done.
     *
     * @param name any pseudonym of the person
     */
    public Optional<ErasureReceipt> receipt(Pseudonym name) {
        return find(List.of(name))
                .map(ErasureEntry::receipts)
                .filter(all -> !all.isEmpty())
                .map(List::getLast);
    }

    /**
     * The erasures that are not at their end, whichever server has begun them, those that wait for a hold included: of each the
     * pseudonyms to ask for it again with, when a server starts and when a hold is released.
     */
    public List<List<Pseudonym>> begun() {
        Map<UUID, List<Pseudonym>> open = new LinkedHashMap<>();
        Set<Pseudonym> seen = new LinkedHashSet<>();
        for (SubjectPseudonym subject : ledger.personal().erasures().open()) {
            remembered(Pseudonym.of(subject.value())).ifPresent(report -> {
                List<Pseudonym> ignored = open.putIfAbsent(report.id(), report.names());
                seen.addAll(report.names());
            });
        }
        List<List<Pseudonym>> all = new ArrayList<>(open.values());
        Optional<Pseudonym> after = Optional.empty();
        List<Erasures> page;
        do {
            page = store.erasures().list(after, PAGE);
            for (Erasures erasures : page) {
                after = Optional.of(erasures.pseudonym());
                if (isIntended(erasures) && seen.add(erasures.pseudonym())) {
                    all.add(List.of(erasures.pseudonym()));
                }
            }
        } while (page.size() == PAGE);
        return List.copyOf(all);
    }

    /**
     * Allows that something is said again of a person who was erased, by a key of the next generation.
     *
     * @throws KeyServiceException of the reason REFUSED when the erasure is not at its end
     */
    public List<Erasures> authorise(List<Pseudonym> names) {
        if (find(names).filter(ErasureEntry::isOpen).isPresent()) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the erasure of " + names.getFirst()
                            + " is not at its end: let it end before you authorise a new key");
        }
        return keys.authorise(names, clock.instant());
    }

    /** One that cannot be read is no reason to leave the others. */
    private Optional<ErasureReport> remembered(Pseudonym name) {
        try {
            return report(name);
        } catch (LedgerException unreadable) {
            if (unreadable.reason() != LedgerException.Reason.CORRUPT) {
                throw unreadable;
            }
            LOG.error("An erasure cannot be ended: {}", unreadable.getMessage());
            return Optional.empty();
        }
    }

    private Optional<ErasureEntry> find(List<Pseudonym> names) {
        return names.stream()
                .flatMap(name -> find(name).stream())
                .max(Comparator.comparing(entry -> entry.report().startedAt()));
    }

    private Optional<ErasureEntry> find(Pseudonym name) {
        return ledger.personal()
                .erasures()
                .find(PayloadErasure.subject(name))
                .map(text -> ErasureEntry.read(name.toString(), text));
    }

    /** Those that are asked for, and those that an erasure knows besides. */
    private static List<Pseudonym> names(List<Pseudonym> asked, Optional<ErasureEntry> known) {
        Set<Pseudonym> all = new LinkedHashSet<>(asked);
        known.ifPresent(entry -> all.addAll(entry.report().names()));
        return List.copyOf(all);
    }

    private boolean isBegun(List<Pseudonym> names) {
        return names.stream().anyMatch(name -> isIntended(store.erasures().find(name)));
    }

    private static boolean isIntended(Erasures erasures) {
        return erasures.last().filter(step -> step.kind() == Kind.INTENDED).isPresent();
    }

    /** Whether something is there that could be read, or may come. */
    private boolean isNeeded(List<Pseudonym> names) {
        for (Pseudonym name : names) {
            Erasures erasures = store.erasures().find(name);
            boolean returned = erasures.isOpen() && !erasures.steps().isEmpty();
            if (returned || KeyErasure.isThere(store, new KeyId(name, erasures.generation()))) {
                return true;
            }
        }
        return payloads.count(names) > 0;
    }

    /** The sessions of a person that are held, in the order of their ids. */
    private List<SessionId> held(List<Pseudonym> names) {
        Set<SessionId> holds = ledger.pruning().holds().all().keySet();
        Set<SessionId> held = new TreeSet<>(Comparator.comparing(SessionId::value));
        for (Pseudonym name : holds.isEmpty() ? List.<Pseudonym>of() : names) {
            ledger.personal()
                    .pages(
                            PayloadErasure.subject(name),
                            page -> page.forEach(event -> ledger.log()
                                    .find(event.id())
                                    .found()
                                    .map(found -> found.event().sessionId())
                                    .filter(holds::contains)
                                    .ifPresent(held::add)));
        }
        return List.copyOf(held);
    }

    /** An erasure at its beginning: the one that waits, or another one after those that are done. */
    private ErasureEntry begins(List<Pseudonym> names, Optional<ErasureEntry> known) {
        Optional<ErasureReport> waits =
                known.filter(entry -> entry.is(State.HELD)).map(ErasureEntry::report);
        ErasureReport report = new ErasureReport(
                waits.map(ErasureReport::id).orElseGet(UUID::randomUUID),
                State.RUNNING,
                generations(names),
                waits.map(ErasureReport::startedAt).orElseGet(clock::instant),
                Optional.empty(),
                List.of(),
                List.of());
        return ErasureEntry.begun(report, known);
    }

    private List<KeyId> generations(List<Pseudonym> names) {
        return names.stream()
                .map(name -> new KeyId(name, store.erasures().find(name).generation()))
                .toList();
    }

    private void remember(List<Pseudonym> names, ErasureEntry entry) {
        ledger.personal().erasures().put(PayloadErasure.subjects(names), entry.text(), entry.isOpen());
    }

    /**
     * The course, from its beginning: what was done before is found done.
     *
     * <p>INVARIANT: intent, fence, keys, caches, payloads, in this order. After the intent no key is made; behind the fence nothing
     * that is sealed by an older one is taken; so what is there once the keys are gone is all there will be.
     */
    private ErasureOutcome run(List<Pseudonym> names, ErasureEntry begins) {
        ErasureEntry entry = begins.with(begins.report().running(generations(names)));
        remember(names, entry);
        List<Erasures> intended = keys.intend(names, clock.instant());
        for (Erasures erasures : intended) {
            int ignored = ledger.personal().raise(PayloadErasure.subject(erasures.pseudonym()), erasures.generation());
        }
        List<KeyId> erased = intended.stream()
                .map(erasures -> new KeyId(erasures.pseudonym(), erasures.generation()))
                .toList();
        entry = entry.with(entry.report().running(erased).with(Sweep.begun(KEYS, keysOf(erased))));
        remember(names, entry);
        keys.destroy(names);
        names.forEach(parts.keys()::drop);
        parts.news().tell(PayloadErasure.subjects(names));
        entry = entry.with(entry.report()
                .with(new Sweep(
                        KEYS,
                        0,
                        "destroyed in " + store.describe() + "; servers drop what they remember of them within seconds",
                        List.of(),
                        ""))
                .with(Sweep.begun(PAYLOADS, payloads.count(names))));
        remember(names, entry);
        names.forEach(payloads::all);
        entry = entry.with(entry.report().with(new Sweep(PAYLOADS, 0, "deleted from the ledger", List.of(), "")));
        for (ErasurePlace place : parts.places()) {
            remember(names, entry);
            entry = entry.with(entry.report().with(place.sweep(names)));
        }
        remember(names, entry);
        requireGone(names);
        List<Erasures> ignored = keys.complete(names, clock.instant());
        ErasureReport report = entry.report().done(clock.instant());
        entry = entry.done(report, ErasureReceipt.of(report, parts.receipts()));
        remember(names, entry);
        return erased(record(entry));
    }

    private long keysOf(List<KeyId> erased) {
        long there = 0;
        for (KeyId newest : erased) {
            for (int generation = 1; generation <= newest.generation(); generation++) {
                there += KeyErasure.isThere(store, new KeyId(newest.pseudonym(), generation)) ? 1 : 0;
            }
        }
        return there;
    }

    /** Somebody may have brought payloads back meanwhile from where no fence was. */
    private void requireGone(List<Pseudonym> names) {
        long left = payloads.count(names);
        if (left > 0) {
            throw LedgerException.telling(
                    LedgerException.Reason.INCOMPLETE,
                    left + " sealed payloads of " + names.getFirst() + " are there again after they were deleted:"
                            + " end what brings them back, and ask for the erasure again");
        }
    }

    /** Puts the receipt on record, by an event that is the same however often this is done. */
    private ErasureEntry record(ErasureEntry done) {
        ErasureReport report = done.report();
        ErasureReceipt receipt = done.receipts().getLast();
        UUID id = UUID.nameUUIDFromBytes(("receipt " + receipt.digest()).getBytes(StandardCharsets.UTF_8));
        parts.trail()
                .fact(
                        new EventId(id),
                        report.doneAt().orElseThrow(),
                        new AuditTrail.Request(
                                "erasure",
                                report.id().toString(),
                                "a person was erased",
                                Map.of(
                                        "receipt_sha256", receipt.digest(),
                                        "receipt_key", receipt.key(),
                                        "places",
                                                Integer.toString(report.places().size()),
                                        "remaining",
                                                Integer.toString(
                                                        report.remaining().size()))));
        ErasureEntry recorded = done.onRecord();
        remember(report.names(), recorded);
        return recorded;
    }

    private static Erased erased(ErasureEntry done) {
        return new Erased(done.report(), done.receipts().getLast());
    }
}
