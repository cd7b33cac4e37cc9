// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

/**
 * Wraps data keys by a key that stays where it is: in a file of the operator, in a key service.
 *
 * <p><b>Guarantees.</b> What was wrapped is unwrapped by any version of the wrapping key that is still kept. Nothing of a data
 * key is remembered.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}. Every call ends within a bounded time.
 *
 * <p><b>Threads.</b> Safe.
 */
public interface KeyWrapper extends AutoCloseable {
    /** Wraps by the newest version; {@code dataKey} is not changed. */
    WrappedKey wrap(byte[] dataKey, byte[] associatedData);

    /**
     * The data key, which the caller overwrites when it is done.
     *
     * @throws KeyServiceException of the reason DAMAGED when it was not wrapped with this associated data, or was altered;
     *     REFUSED when the version that wrapped it is not there any more
     */
    byte[] unwrap(WrappedKey wrapped, byte[] associatedData);

    /** The same data key wrapped by the newest version; the same object where it already is. */
    WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData);

    /** Asks whether it would wrap and unwrap now; throws where not. */
    void probe();

    /** For people: which key where, without secrets. */
    String describe();

    @Override
    void close();
}
