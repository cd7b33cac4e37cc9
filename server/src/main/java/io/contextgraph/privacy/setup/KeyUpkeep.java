// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyServiceException;
import java.time.Duration;
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
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final DataKeys keys;
    private final KeyErasure erasure;
    private final BackgroundThread thread = new BackgroundThread("personal-keys", this::run);

    KeyUpkeep(DataKeys keys, KeyErasure erasure) {
        this.keys = keys;
        this.erasure = erasure;
    }

    /** Begins: at once, and each minute. */
    public void start() {
        thread.start();
    }

    private void run() {
        sweep();
        while (!thread.stoppedWithin(PAUSE)) {
            keys.tidy();
        }
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
        thread.close();
    }
}
