// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Wrappers of keys that are wrong in one way each. */
final class BrokenKeyWrappers {
    private static final byte[] NOTHING = {};

    private BrokenKeyWrappers() {}

    /** The kit on what a wrapper makes of a sound one. */
    abstract static class Kit extends KeyWrapperContract {
        private final List<LocalKeyWrapper> sound = new ArrayList<>();
        private KeyVersions keys = KeyVersions.random();

        abstract KeyWrapper over(LocalKeyWrapper wrapper);

        @Override
        protected KeyWrapper connect() {
            LocalKeyWrapper wrapper = new LocalKeyWrapper(keys, "a test");
            sound.add(wrapper);
            return over(wrapper);
        }

        @Override
        protected void rotate() {
            keys = keys.rotated();
            sound.forEach(wrapper -> wrapper.renew(keys));
        }
    }

    static final class Sound extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound);
        }
    }

    static final class IgnoresWhatItBelongsTo extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
                    return sound.wrap(dataKey, NOTHING);
                }

                @Override
                public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
                    return sound.unwrap(wrapped, NOTHING);
                }

                @Override
                public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
                    return sound.rewrap(wrapped, NOTHING);
                }
            };
        }
    }

    /** As by a cipher without a nonce: whoever sees two knows that they are the same. */
    static final class WrapsTheSameAlike extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            Map<String, WrappedKey> known = new HashMap<>();
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
                    WrappedKey fresh = sound.wrap(dataKey, associatedData);
                    return known.computeIfAbsent(
                            fresh.version() + Base64.getEncoder().encodeToString(dataKey), unknown -> fresh);
                }
            };
        }
    }

    static final class OverwritesWhatItIsGiven extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
                    WrappedKey wrapped = sound.wrap(dataKey, associatedData);
                    Arrays.fill(dataKey, (byte) 0);
                    return wrapped;
                }
            };
        }
    }

    static final class UnwrapsWhatOthersWrapped extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
                    return sound.unwrap(
                            new WrappedKey("local", wrapped.version(), wrapped.ciphertext()), associatedData);
                }
            };
        }
    }

    /** As one that looks at no tag. */
    static final class UnwrapsWhatWasAltered extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
                    try {
                        return sound.unwrap(wrapped, associatedData);
                    } catch (KeyServiceException failed) {
                        if (failed.reason() == Reason.DAMAGED) {
                            return new byte[KeyVersions.KEY_BYTES];
                        }
                        throw failed;
                    }
                }
            };
        }
    }

    /** Whoever hears that tries again for ever. */
    static final class SaysThatWhatIsDamagedMayPass extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
                    try {
                        return sound.unwrap(wrapped, associatedData);
                    } catch (KeyServiceException failed) {
                        throw new KeyServiceException(Reason.UNAVAILABLE, "wrong", failed);
                    }
                }
            };
        }
    }

    static final class UnwrapsOlderOnesWrongly extends Kit {
        private int newest = 1;

        @Override
        protected void rotate() {
            super.rotate();
            newest++;
        }

        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
                    byte[] dataKey = sound.unwrap(wrapped, associatedData);
                    return wrapped.version() == newest ? dataKey : new byte[dataKey.length];
                }
            };
        }
    }

    static final class GoesOnWrappingByTheFirst extends Kit {
        @Override
        protected void rotate() {
            // Nothing hears of it.
        }

        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound);
        }
    }

    static final class LeavesOlderOnesAsTheyAre extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
                    return wrapped;
                }
            };
        }
    }

    /** A rotation that is repeated never ends. */
    static final class WrapsTheNewestAnewToo extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
                    return sound.wrap(sound.unwrap(wrapped, associatedData), associatedData);
                }
            };
        }
    }

    /** As by a service that wraps anew without being told whose it is. */
    static final class WrapsAnewForAnybody extends Kit {
        @Override
        KeyWrapper over(LocalKeyWrapper sound) {
            Map<WrappedKey, byte[]> belongings = new HashMap<>();
            return new ForwardingKeyWrapper(sound) {
                @Override
                public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
                    WrappedKey wrapped = sound.wrap(dataKey, associatedData);
                    byte[] ignored = belongings.put(wrapped, associatedData);
                    return wrapped;
                }

                @Override
                public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
                    return sound.rewrap(wrapped, belongings.getOrDefault(wrapped, associatedData));
                }
            };
        }
    }
}
