// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The hold on a ledger that is mended: the ledger says so for the next {@value #HELD_MILLIS} ms, again and again, and the
 * append script refuses meanwhile.
 *
 * <p><b>Guarantees.</b> Nothing is written without it: each script asks for it before it writes. A mending that dies lets go
 * by itself.
 *
 * <p><b>Errors.</b> {@link Reason#UNAVAILABLE} once the hold has been lost: others may have appended since, so that nothing
 * that was found out before counts any more.
 */
final class MendHold {
    /** Field of the ledger's hash: until when nobody may append, in milliseconds since 1970. */
    static final String MENDING = "mending";

    private static final long HELD_MILLIS = 60_000;
    private static final long RENEWED_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Commands in one script: nobody waits for long. */
    private static final int MOST_WRITES = 100;

    private static final Script TAKE = script("take");
    private static final Script RELEASE = script("release");
    private static final Script WRITE = script("write");

    private final Redis redis;
    private final byte[] ledger;
    private final LongSupplier nanos;
    private final String mender = UUID.randomUUID().toString();
    private boolean taken;
    private long takenNanos;

    /** @param nanos a clock that only the hold itself is measured with */
    MendHold(Redis redis, Keys keys, LongSupplier nanos) {
        this.redis = redis;
        this.ledger = Keys.bytes(keys.ledger());
        this.nanos = nanos;
    }

    /** @param operation a fragment of the folder {@code mend}, without its ending */
    static Script script(String operation) {
        return new Script("mend/head.lua", "append/clock.lua", "mend/held.lua", "mend/" + operation + ".lua");
    }

    /** Takes it, or keeps it for longer where that is due. */
    void keep() {
        if (!taken || nanos.getAsLong() - takenNanos > RENEWED_NANOS) {
            renew();
        }
    }

    /** Takes it, or keeps it for longer, whether that is due or not. */
    void renew() {
        long now = nanos.getAsLong();
        run(TAKE, List.of(mender, Long.toString(HELD_MILLIS), taken ? "1" : "0"));
        taken = true;
        takenNanos = now;
    }

    void release() {
        if (taken) {
            run(RELEASE, List.of(mender));
        }
    }

    /** Runs commands in their order. */
    void write(List<RawCommand> writes) {
        for (int from = 0; from < writes.size(); from += MOST_WRITES) {
            Set<String> names = new LinkedHashSet<>();
            List<byte[]> arguments = new ArrayList<>();
            for (RawCommand write : writes.subList(from, Math.min(from + MOST_WRITES, writes.size()))) {
                names.addAll(write.keys());
                arguments.addAll(write.counted());
            }
            guarded(WRITE, List.copyOf(names), arguments);
        }
    }

    /** Runs a script that takes the ledger and the mender first. */
    void write(Script script, List<String> names, List<String> arguments) {
        guarded(script, names, arguments.stream().map(Keys::bytes).toList());
    }

    private void guarded(Script script, List<String> names, List<byte[]> arguments) {
        if (taken) {
            keep();
        }
        List<byte[]> all = new ArrayList<>(List.of(Keys.bytes(taken ? mender : "")));
        all.addAll(arguments);
        run(script, names, all);
    }

    private void run(Script script, List<String> arguments) {
        run(script, List.of(), arguments.stream().map(Keys::bytes).toList());
    }

    private void run(Script script, List<String> names, List<byte[]> arguments) {
        List<byte[]> all = new ArrayList<>(List.of(ledger));
        names.forEach(name -> all.add(Keys.bytes(name)));
        try {
            Object ignored = redis.write(script, all, arguments);
        } catch (LedgerException refused) {
            if (RedisErrors.isFenced(refused)) {
                throw new LedgerException(
                        Reason.UNAVAILABLE,
                        "the ledger has not been held all the time while it was mended, and others may have appended"
                                + " to it: mend it again",
                        refused);
            }
            throw refused;
        }
    }
}
