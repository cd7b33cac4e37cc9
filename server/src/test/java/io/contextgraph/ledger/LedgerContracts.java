// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.personal.PersonalDataContract;
import org.junit.jupiter.api.Nested;

/** A ledger, of however many partitions, keeps every contract of a ledger. */
public abstract class LedgerContracts {
    /** An empty ledger. */
    protected abstract LedgerFixture empty();

    @Nested
    class Log extends EventLogContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Search extends EventSearchContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Directory extends SessionsContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Persons extends PersonalDataContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }

    @Nested
    class LongWork extends OperationStoreContract {
        @Override
        protected LedgerFixture fresh() {
            return empty();
        }
    }
}
