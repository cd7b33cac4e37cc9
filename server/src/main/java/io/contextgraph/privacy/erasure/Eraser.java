// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Erases persons, from all partitions of a ledger: the intent, the fence, the keys, the payloads, every other place, the receipt.
 *
 * <p><b>Guarantees.</b> Once a person's erasure has begun nobody can seal or open anything of them any more, and it ends, however
 * often it breaks off, when it is asked for again: see {@link #begun}. One that is done is told of again with its receipt. A hold
 * on a session of the person stops it before it begins, and only then. An erasure is of the keys that there were when it was asked
 * for: whoever was authorised to return since is not touched by it, however late it goes on.
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

    private static final int PAGE = 1_000;

    private final Ledger ledger;
    private final WrappedKeyStore store;
    private final ErasureParts parts;
    private final InstantSource clock;
    private final KeyErasure keys;
    private final PayloadErasure payloads;
    private final PersonalHolds holds;
    private final RememberedErasures remembered;

    public Eraser(Ledger ledger, WrappedKeyStore store, ErasureParts parts, InstantSource clock) {
        this.ledger = ledger;
        this.store = store;
        this.parts = parts;
        this.clock = clock;
        this.keys = new KeyErasure(store);
        this.payloads = new PayloadErasure(ledger, store.erasures());
        this.holds = new PersonalHolds(ledger);
        this.remembered = new RememberedErasures(ledger.personal().erasures());
    }

    /**
     * Puts on record that a person is to be erased: from when this returns the erasure is carried out, also where this process
     * ends before it begins, see {@link #begun}. Where one is on record already, or there is nothing to erase, nothing is written.
     *
     * @param asked as for {@link #erase}; nobody else erases the person at the same time
     */
    public void ask(List<Pseudonym> asked) {
        List<KeyId> wish = wish(names(asked, remembered.find(asked)));
        Optional<ErasureEntry> known = remembered.find(names(wish));
        if (known.filter(ErasureEntry::isOpen).isEmpty() && !isBegun(wish) && isNeeded(wish)) {
            ErasureEntry begins = begins(wish, known);
            remembered.put(names(wish), begins.with(begins.report().asked()));
        }
    }

    /**
     * Erases a person, or goes on with that.
     *
     * @param asked all pseudonyms of the person, newest first, as {@link io.contextgraph.privacy.key.Pseudonyms#all} has them
     */
    public ErasureOutcome erase(List<Pseudonym> asked) {
        List<KeyId> wish = wish(names(asked, remembered.find(asked)));
        Optional<ErasureEntry> known = settled(wish);
        if (isBegun(wish)) {
            return run(wish, begins(wish, known));
        }
        return waits(known) || isNeeded(wish) ? unlessHeld(wish, known) : ended(wish, known);
    }

    /**
     * Goes on with an erasure of a person that was begun, or waits; begins none.
     *
     * @param begun pseudonyms of the person, as {@link #begun} has them
     * @return Unknown where none was begun
     */
    public ErasureOutcome goOn(List<Pseudonym> begun) {
        List<KeyId> wish = wish(names(begun, remembered.find(begun)));
        Optional<ErasureEntry> known = settled(wish);
        if (isBegun(wish)) {
            return run(wish, begins(wish, known));
        }
        return waits(known)
                ? unlessHeld(known.orElseThrow().of(wish), known)
                : known.or(() -> remembered.find(names(wish)))
                        .filter(entry -> entry.is(State.DONE))
                        .<ErasureOutcome>map(Eraser::erased)
                        .orElseGet(Unknown::new);
    }

    /** What there is to erase of a person now: either before a return or after it under all names. */
    private List<KeyId> wish(List<Pseudonym> names) {
        List<KeyId> seen = keys.current(names);
        List<KeyId> again = keys.current(names);
        while (!again.equals(seen)) {
            seen = again;
            again = keys.current(names);
        }
        return again;
    }

    /** What is remembered of a person, once what had begun is at its end. */
    private Optional<ErasureEntry> settled(List<KeyId> wish) {
        Optional<ErasureEntry> known = remembered.find(names(wish));
        if (known.filter(entry -> entry.is(State.RUNNING)).isPresent()) {
            return Optional.of(course(known.get().of(wish), known.get()));
        }
        return known.map(entry -> entry.is(State.DONE) && entry.isOpen() ? record(entry) : entry);
    }

    private static boolean waits(Optional<ErasureEntry> known) {
        return known.filter(ErasureEntry::waits).isPresent();
    }

    private ErasureOutcome unlessHeld(List<KeyId> wish, Optional<ErasureEntry> known) {
        List<Pseudonym> names = names(wish);
        List<SessionId> held = holds.of(names);
        ErasureEntry begins = begins(wish, known);
        if (held.isEmpty()) {
            return run(wish, begins);
        }
        ErasureReport report = begins.report().held(held);
        remembered.put(names, begins.with(report));
        return new Held(report);
    }

    /** There is nothing of the person that is not erased. */
    private ErasureOutcome ended(List<KeyId> wish, Optional<ErasureEntry> known) {
        if (known.isPresent()) {
            return erased(known.get());
        }
        boolean isErased = wish.stream()
                .anyMatch(key -> !store.erasures().find(key.pseudonym()).steps().isEmpty());
        // What was remembered of it is lost with the store of the ledger: the same course finds what there is to tell.
        return isErased ? run(wish, begins(wish, known)) : new Unknown();
    }

    /**
     * What is told of a person's erasure.
     *
     * @param name any pseudonym of the person
     */
    public Optional<ErasureReport> report(Pseudonym name) {
        return remembered.find(List.of(name)).map(ErasureEntry::report);
    }

    /**
     * The receipt of a person's last erasure that is done.
     *
     * @param name any pseudonym of the person
     */
    public Optional<ErasureReceipt> receipt(Pseudonym name) {
        return remembered.receipt(name);
    }

    /** What is told of the erasures that are not at their end, those that wait for a hold included. */
    public List<ErasureReport> open() {
        return remembered.open();
    }

    /**
     * The erasures that are not at their end, whichever server has begun them, those that wait for a hold included: of each the
     * pseudonyms to ask for it again with, when a server starts and when a hold is released.
     */
    public List<List<Pseudonym>> begun() {
        Map<UUID, List<Pseudonym>> open = new LinkedHashMap<>();
        Set<Pseudonym> seen = new LinkedHashSet<>();
        for (ErasureReport report : remembered.open()) {
            List<Pseudonym> ignored = open.putIfAbsent(report.id(), report.names());
            seen.addAll(report.names());
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
        if (remembered.find(names).filter(ErasureEntry::isOpen).isPresent()) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the erasure of " + names.getFirst()
                            + " is not at its end: let it end before you authorise a new key");
        }
        return keys.authorise(names, clock.instant());
    }

    /** Those that are asked for, and those that an erasure knows besides. */
    private static List<Pseudonym> names(List<Pseudonym> asked, Optional<ErasureEntry> known) {
        Set<Pseudonym> all = new LinkedHashSet<>(asked);
        known.ifPresent(entry -> all.addAll(entry.report().names()));
        return List.copyOf(all);
    }

    private static List<Pseudonym> names(List<KeyId> keys) {
        return keys.stream().map(KeyId::pseudonym).toList();
    }

    private boolean isBegun(List<KeyId> wish) {
        return wish.stream().anyMatch(key -> {
            Erasures erasures = store.erasures().find(key.pseudonym());
            return isIntended(erasures) && erasures.generation() == key.generation();
        });
    }

    private static boolean isIntended(Erasures erasures) {
        return erasures.last().filter(step -> step.kind() == Kind.INTENDED).isPresent();
    }

    /** Whether something is there that could be read, or may come. */
    private boolean isNeeded(List<KeyId> wish) {
        for (KeyId key : wish) {
            Erasures erasures = store.erasures().find(key.pseudonym());
            boolean returned =
                    erasures.allows(key.generation()) && !erasures.steps().isEmpty();
            if (returned || KeyErasure.isThere(store, key)) {
                return true;
            }
        }
        return payloads.count(wish) > 0;
    }

    /** An erasure at its beginning: the one that waits, or another one after those that are done. */
    private ErasureEntry begins(List<KeyId> wish, Optional<ErasureEntry> known) {
        Optional<ErasureReport> waits = known.filter(ErasureEntry::waits).map(ErasureEntry::report);
        ErasureReport report = new ErasureReport(
                waits.map(ErasureReport::id).orElseGet(UUID::randomUUID),
                State.RUNNING,
                wish,
                waits.map(ErasureReport::startedAt).orElseGet(clock::instant),
                Optional.empty(),
                List.of(),
                List.of());
        return ErasureEntry.begun(report, known);
    }

    private ErasureOutcome run(List<KeyId> wish, ErasureEntry begins) {
        return erased(course(wish, begins));
    }

    /**
     * The course, from its beginning: what was done before is found done.
     *
     * <p>INVARIANT: intent, fence, keys, caches, payloads, in this order. After the intent no key is made; behind the fence nothing
     * that is sealed by an older one is taken; so what is there once the keys are gone is all there will be. All of it is bound to
     * the generations that it is to erase: a later one is of who was authorised since.
     *
     * @param wish up to which keys the person is erased
     */
    private ErasureEntry course(List<KeyId> wish, ErasureEntry begins) {
        List<Pseudonym> names = names(wish);
        ErasureEntry entry = begins.with(begins.report().running(wish));
        remembered.put(names, entry);
        List<Erasures> ignored = keys.intend(wish, clock.instant());
        wish.forEach(this::raise);
        entry = entry.with(entry.report().with(Sweep.begun(KEYS, keysOf(wish))));
        remembered.put(names, entry);
        keys.destroy(wish);
        names.forEach(parts.keys()::drop);
        parts.news().tell(PayloadErasure.subjects(names));
        entry = entry.with(entry.report()
                .with(new Sweep(
                        KEYS,
                        0,
                        "destroyed in " + store.describe() + "; servers drop what they remember of them within seconds",
                        List.of(),
                        ""))
                .with(Sweep.begun(PAYLOADS, payloads.count(wish))));
        remembered.put(names, entry);
        wish.forEach(this::takeAway);
        entry = entry.with(entry.report().with(new Sweep(PAYLOADS, 0, "deleted from the ledger", List.of(), "")));
        for (ErasurePlace place : parts.places()) {
            remembered.put(names, entry);
            entry = entry.with(entry.report().with(place.sweep(names)));
        }
        remembered.put(names, entry);
        requireGone(wish);
        List<Position> through = through();
        ignored = keys.complete(wish, clock.instant());
        ErasureReport report = entry.report().done(clock.instant());
        entry = entry.done(report, ErasureReceipt.of(report, through, parts.receipts()));
        remembered.put(names, entry);
        return record(entry);
    }

    private void raise(KeyId key) {
        int ignored = ledger.personal().raise(PayloadErasure.subject(key.pseudonym()), key.generation());
    }

    private void takeAway(KeyId key) {
        long ignored = payloads.upTo(key);
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

    /** Where each of several partitions ends: what the person is erased from is behind none of them. */
    private List<Position> through() {
        List<Partition> all = ledger.partitions();
        return all.size() == 1
                ? List.of()
                : all.stream()
                        .map(partition -> partition.order().head().position())
                        .toList();
    }

    /** Somebody may have brought payloads back meanwhile from where no fence was. */
    private void requireGone(List<KeyId> wish) {
        long left = payloads.count(wish);
        if (left > 0) {
            throw LedgerException.telling(
                    LedgerException.Reason.INCOMPLETE,
                    left + " sealed payloads of " + wish.getFirst().pseudonym()
                            + " are there again after they were deleted:"
                            + " end what brings them back, and ask for the erasure again");
        }
    }

    /** Puts the receipt on record, by an event that is the same however often this is done. */
    private ErasureEntry record(ErasureEntry done) {
        parts.record(done.report(), done.receipts().getLast());
        ErasureEntry recorded = done.onRecord();
        remembered.put(recorded.report().names(), recorded);
        return recorded;
    }

    private static Erased erased(ErasureEntry done) {
        return new Erased(done.report(), done.receipts().getLast());
    }
}
