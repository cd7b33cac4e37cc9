// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.mend;

import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Examines everything that is stored of a ledger, and puts right what can be put right.
 *
 * <p><b>Guarantees.</b> No event that has been acknowledged is taken out, moved or renumbered. What does not belong to the
 * ledger is not deleted but moved aside. What is made again is made from what the ledger itself still has.
 *
 * <p><b>Threads.</b> One caller at a time.
 */
public interface LedgerMender extends AutoCloseable {
    /**
     * Looks, and writes nothing. Servers may go on meanwhile.
     *
     * @param told each damage
     * @param looked how many events have been looked at so far
     * @throws LedgerException when the store does not answer
     */
    Examined examine(Consumer<Damage> told, LongConsumer looked);

    /**
     * Puts right what {@link #examine} finds. Appends are refused meanwhile, as ones to repeat.
     *
     * @param told each damage, when it has been mended, or cannot be
     * @param looked how many events have been looked at so far
     * @return what was found; another examination tells what is left
     * @throws LedgerException when the store does not answer, or another one mends it by now; what has been mended until then
     *     stays so, and it can be begun again
     */
    Examined mend(Consumer<Damage> told, LongConsumer looked);

    @Override
    void close();
}
