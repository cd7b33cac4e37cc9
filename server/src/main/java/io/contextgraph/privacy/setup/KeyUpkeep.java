// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyServiceException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets keys that nobody has used for long, and destroys those that a server has left behind which stopped dead just when it
 * had made one for a person who was being erased.
 *
 * <p><b>Threads.</b> Has one of its own.
 */
public final class KeyUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyUpkeep.class);
    private static final long MINUTE = 1;

    private final DataKeys keys;
    private final KeyErasure erasure;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread created = new Thread(work, "personal-keys");
        created.setDaemon(true);
        return created;
    });

    KeyUpkeep(DataKeys keys, KeyErasure erasure) {
        this.keys = keys;
        this.erasure = erasure;
    }

    /** Begins: at once, and each minute. */
    public void start() {
        thread.execute(this::sweep);
        ScheduledFuture<?> ignored = thread.scheduleWithFixedDelay(keys::tidy, MINUTE, MINUTE, TimeUnit.MINUTES);
    }

    private void sweep() {
        try {
            int swept = erasure.sweep();
            if (swept > 0) {
                LOG.info("privacy: {} keys of persons who were erased were left, and are destroyed", swept);
            }
        } catch (KeyServiceException away) {
            LOG.warn("privacy: whether keys of persons who were erased are left cannot be told: {}", away.getMessage());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow().forEach(ignored -> {});
    }
}
