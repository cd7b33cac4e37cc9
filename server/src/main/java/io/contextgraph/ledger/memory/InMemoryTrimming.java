// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.ledger.trim.IndexStep;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.TrimPreview;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers how far it was trimmed and unindexed: there are no streams and no index here that could be smaller. */
final class InMemoryTrimming implements Trimming, Lease, IndexWindow {
    private final InMemoryLedger ledger;
    private long trimmed;
    private long unindexed;
    private boolean prepared;
    private long number;
    private @Nullable Holder holder;

    InMemoryTrimming(InMemoryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Lease lease() {
        return this;
    }

    @Override
    public Optional<Fence> take(String owner, Duration forHowLong) {
        return ledger.locked(() -> {
            if (holder().isPresent()) {
                return Optional.empty();
            }
            holder = new Holder(owner, ++number, now().plus(forHowLong));
            return Optional.of(new Fence(owner, number));
        });
    }

    @Override
    public boolean renew(Fence fence, Duration forHowLong) {
        return ledger.locked(() -> {
            if (!has(fence)) {
                return false;
            }
            holder = new Holder(fence.owner(), fence.number(), now().plus(forHowLong));
            return true;
        });
    }

    @Override
    public void release(Fence fence) {
        boolean ignored = ledger.locked(() -> {
            if (has(fence)) {
                holder = null;
            }
            return true;
        });
    }

    @Override
    public Optional<Holder> holder() {
        return ledger.locked(
                () -> Optional.ofNullable(holder).filter(one -> one.until().isAfter(now())));
    }

    private boolean has(Fence fence) {
        return holder().filter(one -> fence.equals(new Fence(one.owner(), one.number())))
                .isPresent();
    }

    private Instant now() {
        return ledger.clock.instant();
    }

    @Override
    public TrimStep step(Fence fence, TrimRule rule, int most) {
        if (most < 1 || most > Trimming.MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + Trimming.MAX_STEP + " entries: " + most);
        }
        return ledger.locked(() -> {
            requireHeld(fence);
            Bound bound = bound(rule);
            long to = Math.min(bound.seq(), trimmed + most);
            long sessions = sessionsThatEnd(to);
            int entries = Math.toIntExact(to - trimmed);
            trimmed = to;
            return new TrimStep(entries, Math.toIntExact(sessions), trimmed(), to < bound.seq(), bound.obstacle());
        });
    }

    @Override
    public IndexWindow index() {
        return this;
    }

    @Override
    public void prepare() {
        boolean ignored = ledger.locked(() -> {
            prepared |= trimmed > 0;
            return true;
        });
    }

    @Override
    public boolean isPrepared() {
        return ledger.locked(() -> prepared);
    }

    @Override
    public IndexStep narrow(Fence fence, int most) {
        return move(
                fence,
                most,
                () -> prepared ? Math.min(trimmed, unindexed + most) : 0,
                () -> prepared && unindexed < trimmed);
    }

    @Override
    public IndexStep widen(Fence fence, int most) {
        return move(fence, most, () -> Math.max(0, unindexed - most), () -> unindexed > 0);
    }

    private IndexStep move(Fence fence, int most, LongSupplier target, BooleanSupplier more) {
        if (most < 1 || most > IndexWindow.MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + IndexWindow.MAX_STEP + " events: " + most);
        }
        return ledger.locked(() -> {
            requireHeld(fence);
            long to = target.getAsLong();
            int moved = Math.toIntExact(Math.abs(to - unindexed));
            unindexed = to;
            return new IndexStep(moved, unindexed(), more.getAsBoolean());
        });
    }

    @Override
    public Head unindexed() {
        return ledger.locked(() -> head(unindexed));
    }

    void requireHeld(Fence fence) {
        if (!has(fence)) {
            throw new FencedException("the lease " + fence.number() + " of " + fence.owner() + " counts no longer");
        }
    }

    @Override
    public TrimPreview preview(TrimRule rule) {
        return ledger.locked(() -> {
            Bound bound = bound(rule);
            return new TrimPreview(
                    bound.seq() - trimmed, sessionsThatEnd(bound.seq()), head(bound.seq()), bound.obstacle());
        });
    }

    @Override
    public long entries(TrimRule rule) {
        return ledger.locked(() -> bound(rule).seq() - trimmed);
    }

    /** How far a rule lets go, and why no further. */
    private record Bound(long seq, Optional<Obstacle> obstacle) {}

    private Bound bound(TrimRule rule) {
        List<RecordedEvent> events = ledger.events;
        long old = trimmed;
        while (old < events.size()
                && events.get(Math.toIntExact(old)).recordedAt().isBefore(rule.before())) {
            old++;
        }
        if (old == trimmed) {
            return new Bound(trimmed, Optional.empty());
        }
        Optional<Obstacle> obstacle = Optional.empty();
        long bound = old;
        for (String group : rule.groups().stream().sorted().toList()) {
            if (!ledger.hasGroup(group)) {
                return new Bound(trimmed, Optional.of(new Obstacle.Missing(group)));
            }
            EventFeed.Progress progress = ledger.feed(group).progress();
            if (progress.seenThroughSeq() < bound) {
                bound = progress.seenThroughSeq();
                obstacle = Optional.of(new Obstacle.Waiting(
                        group,
                        new Head(progress.seenThroughSeq(), progress.seenThrough()),
                        progress.waitingSince().orElse(now())));
            }
        }
        return new Bound(Math.max(trimmed, bound), obstacle);
    }

    /** How many sessions have events after what was trimmed, and none after {@code to}. */
    private long sessionsThatEnd(long to) {
        Map<SessionId, Long> last = new HashMap<>();
        ledger.events.stream()
                .skip(trimmed)
                .forEach(event -> last.merge(event.event().sessionId(), event.seq(), Math::max));
        return last.values().stream().filter(seq -> seq <= to).count();
    }

    @Override
    public SecondLock secondLock() {
        return new SecondLock(false, "nothing is behind the memory of this process");
    }

    /** No event up to this one has an entry. */
    void found(Head last) {
        trimmed = last.seq();
    }

    @Override
    public Head trimmed() {
        return ledger.locked(() -> head(trimmed));
    }

    private Head head(long seq) {
        return seq == 0
                ? Head.EMPTY
                : new Head(seq, ledger.events.get(Math.toIntExact(seq - 1)).position());
    }
}
