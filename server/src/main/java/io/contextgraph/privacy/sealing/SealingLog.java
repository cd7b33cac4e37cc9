// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.sealing;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.forward.Sifted;
import io.contextgraph.ledger.forward.SiftingLog;
import io.contextgraph.privacy.SealBrokenException;
import io.contextgraph.privacy.key.KeyServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ledger's log that seals what is about a person before the ledger sees it.
 *
 * <p><b>Guarantees.</b> The log behind it is given the pseudonym of a person, never the id, and a sealed payload. The same event
 * again is a duplicate, though it is sealed in another way each time; and once its person was erased it is told to be fenced,
 * also where the person has been authorised again.
 *
 * <p><b>Errors.</b> Where keys cannot be had, each event about a person is refused alone, with {@link
 * Reason#KEY_SERVICE_UNAVAILABLE}; those about nobody are appended.
 *
 * <p><b>Threads.</b> As the log.
 */
final class SealingLog extends SiftingLog {
    private static final Logger LOG = LoggerFactory.getLogger(SealingLog.class);

    private final Supplier<Optional<PayloadSealer>> sealer;

    /** @param sealer asked when something is about a person; empty where there are no keys */
    SealingLog(EventLog log, Supplier<Optional<PayloadSealer>> sealer) {
        super(log);
        this.sealer = sealer;
    }

    @Override
    protected List<Sifted> sift(List<Append> appends) {
        List<Sifted> sifted = new ArrayList<>(appends.size());
        // Whoever waits for keys that do not come keeps the others of the call waiting.
        Optional<Sifted> away = Optional.empty();
        for (Append append : appends) {
            if (append.event().dataSubjectId().isEmpty()) {
                sifted.add(new Sifted.Passed(append));
            } else if (away.isPresent()) {
                sifted.add(new Sifted.Known(refused(append.event().id())));
            } else {
                Sifted one = sealed(append);
                sifted.add(one);
                away = Optional.of(one).filter(SealingLog::isAway);
            }
        }
        return sifted;
    }

    private Sifted sealed(Append append) {
        EventId id = append.event().id();
        try {
            Optional<PayloadSealer> keys = sealer.get();
            return keys.isPresent()
                    ? keys.get().seal(append)
                    : new Sifted.Known(new AppendOutcome.Personal(id, PersonalPayloads.FAULT));
        } catch (KeyServiceException away) {
            return new Sifted.Known(away(id, away));
        }
    }

    private static AppendOutcome away(EventId id, RuntimeException cause) {
        LOG.warn("privacy: event {} is refused: {}", id, cause.getMessage());
        return refused(id);
    }

    private static boolean isAway(Sifted sifted) {
        return sifted instanceof Sifted.Known known && known.outcome() instanceof AppendOutcome.Refused;
    }

    private static AppendOutcome refused(EventId id) {
        return new AppendOutcome.Refused(id, Reason.KEY_SERVICE_UNAVAILABLE, Reason.KEY_SERVICE_UNAVAILABLE.meaning());
    }

    /** What conflicts by its ciphertext may be the same event. */
    @Override
    protected AppendOutcome told(Append wished, AppendOutcome said) {
        Event event = wished.event();
        if (!(said instanceof AppendOutcome.Conflict) || event.dataSubjectId().isEmpty()) {
            return said;
        }
        return log().find(event.id()) instanceof Lookup.Found found
                ? again(found.event(), event).orElse(said)
                : said;
    }

    private Optional<AppendOutcome> again(RecordedEvent stored, Event offered) {
        try {
            return sealer.get().flatMap(keys -> keys.again(stored, offered));
        } catch (KeyServiceException | SealBrokenException unread) {
            return Optional.of(away(offered.id(), unread));
        }
    }
}
