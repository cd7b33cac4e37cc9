// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Ledgers that remember erasures with one defect each. Run by {@link ContractKitsTest} alone. */
final class BrokenErasures {
    private BrokenErasures() {}

    /** What of a sound ledger is about persons, with other records of erasures. */
    private record Persons(PersonalEvents sound, ErasureRecords erasures) implements PersonalEvents {
        @Override
        public int raise(SubjectPseudonym subject, int generation) {
            return sound.raise(subject, generation);
        }

        @Override
        public OptionalInt fence(SubjectPseudonym subject) {
            return sound.fence(subject);
        }

        @Override
        public List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max) {
            return sound.events(subject, afterSeq, max);
        }

        @Override
        public int forget(SubjectPseudonym subject, List<PersonalEvent> events) {
            return sound.forget(subject, events);
        }

        @Override
        public long count(SubjectPseudonym subject) {
            return sound.count(subject);
        }
    }

    /** Hands everything on. */
    private static class Records implements ErasureRecords {
        final ErasureRecords sound;

        Records(ErasureRecords sound) {
            this.sound = sound;
        }

        @Override
        public void put(List<SubjectPseudonym> names, String record, boolean open) {
            sound.put(names, record, open);
        }

        @Override
        public Optional<String> find(SubjectPseudonym name) {
            return sound.find(name);
        }

        @Override
        public List<SubjectPseudonym> open() {
            return sound.open();
        }
    }

    static class SoundErasuresTestee extends ErasureRecordsContract {
        ErasureRecords over(ErasureRecords sound) {
            return new Records(sound);
        }

        @Override
        protected PartitionFixture fresh() {
            return new BrokenLedgers.Sound() {
                @Override
                public PersonalEvents personal() {
                    return new Persons(ledger.personal(), over(ledger.personal().erasures()));
                }
            };
        }
    }

    static final class RemembersUnderOneName extends SoundErasuresTestee {
        @Override
        ErasureRecords over(ErasureRecords sound) {
            return new Records(sound) {
                @Override
                public void put(List<SubjectPseudonym> names, String record, boolean open) {
                    sound.put(names.isEmpty() ? names : names.subList(0, 1), record, open);
                }
            };
        }
    }

    static final class LeavesWhatIsDoneOpen extends SoundErasuresTestee {
        @Override
        ErasureRecords over(ErasureRecords sound) {
            return new Records(sound) {
                @Override
                public void put(List<SubjectPseudonym> names, String record, boolean open) {
                    sound.put(names, record, true);
                }
            };
        }
    }

    static final class KeepsTheFirstWord extends SoundErasuresTestee {
        @Override
        ErasureRecords over(ErasureRecords sound) {
            return new Records(sound) {
                @Override
                public void put(List<SubjectPseudonym> names, String record, boolean open) {
                    sound.put(names, sound.find(names.getFirst()).orElse(record), open);
                }
            };
        }
    }
}
