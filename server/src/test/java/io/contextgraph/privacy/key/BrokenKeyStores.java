// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Stores of keys that are wrong in one way each. */
final class BrokenKeyStores {
    private BrokenKeyStores() {}

    /** The kit on what a store makes of a sound one. */
    abstract static class Kit extends WrappedKeyStoreContract {
        private final InMemoryKeyStore memory = new InMemoryKeyStore();

        abstract WrappedKeyStore over(InMemoryKeyStore sound);

        @Override
        protected WrappedKeyStore connect() {
            return over(memory);
        }
    }

    static final class Sound extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound);
        }
    }

    static final class WritesOver extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public WrappedKey create(KeyId id, WrappedKey key) {
                    sound.destroy(id);
                    return sound.create(id, key);
                }
            };
        }
    }

    static final class SaysThatItsOwnKeyIsKept extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public WrappedKey create(KeyId id, WrappedKey key) {
                    WrappedKey ignored = sound.create(id, key);
                    return key;
                }
            };
        }
    }

    /** A rotation brings back what an erasure has destroyed. */
    static final class BringsBackWhatIsGone extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
                    return sound.replace(id, was, key) || sound.create(id, key).equals(key);
                }
            };
        }
    }

    static final class ReplacesAnything extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
                    return sound.find(id)
                            .filter(there -> sound.replace(id, there, key))
                            .isPresent();
                }
            };
        }
    }

    static final class KeepsWhatItDestroys extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public void destroy(KeyId id) {
                    // As a bucket with a lock that says yes.
                }
            };
        }
    }

    static final class DestroysAllGenerations extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public void destroy(KeyId id) {
                    sound.list(Optional.empty(), 1_000).stream()
                            .filter(other -> other.pseudonym().equals(id.pseudonym()))
                            .forEach(sound::destroy);
                }
            };
        }
    }

    /** What another has destroyed it still finds. */
    static final class RemembersForItself extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            ConcurrentMap<KeyId, WrappedKey> seen = new ConcurrentHashMap<>();
            return new ForwardingKeyStore(sound) {
                @Override
                public WrappedKey create(KeyId id, WrappedKey key) {
                    WrappedKey kept = sound.create(id, key);
                    WrappedKey ignored = seen.put(id, kept);
                    return kept;
                }

                @Override
                public Optional<WrappedKey> find(KeyId id) {
                    return Optional.ofNullable(seen.get(id)).or(() -> sound.find(id));
                }
            };
        }
    }

    static final class LosesTheLastOfAPage extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                public List<KeyId> list(Optional<KeyId> after, int limit) {
                    List<KeyId> page = sound.list(after, limit + 1);
                    return page.size() > limit ? page.subList(1, page.size()) : page;
                }
            };
        }
    }

    static final class AddsStepsToAnything extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                protected boolean add(Erasures was, Erasures.Step step) {
                    boolean added = sound.erasures().add(was, step);
                    return added || was.steps().isEmpty();
                }
            };
        }
    }

    static final class ForgetsAnErasureOnceItIsDone extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                protected Erasures erasuresOf(Pseudonym pseudonym) {
                    Erasures all = sound.erasures().find(pseudonym);
                    return all.last()
                                    .filter(step -> step.kind() == Erasures.Kind.DONE)
                                    .isPresent()
                            ? Erasures.none(pseudonym)
                            : all;
                }
            };
        }
    }

    static final class HasOneRevision extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                protected String revision() {
                    return "1";
                }
            };
        }
    }

    static final class HasAnotherRevisionEachTime extends Kit {
        @Override
        WrappedKeyStore over(InMemoryKeyStore sound) {
            return new ForwardingKeyStore(sound) {
                @Override
                protected String revision() {
                    return UUID.randomUUID().toString();
                }
            };
        }
    }
}
