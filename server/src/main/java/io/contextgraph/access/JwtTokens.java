// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens of an identity provider: JSON Web Tokens, signed with one of the keys that it publishes.
 *
 * <p><b>Guarantees.</b> Taken are signatures with RSA and elliptic curves only, of the one issuer and for the one audience, with
 * a subject and an end, {@link #SKEW_SECONDS} s given to clocks. The provider's keys are read again after {@link #CACHED}, and
 * when a token names one that is not known; while they cannot be had, those known so far count for {@link #OUTAGE}.
 *
 * <p><b>Source.</b> RFC 7519, RFC 7517, RFC 8725.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class JwtTokens implements Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(JwtTokens.class);
    private static final int SKEW_SECONDS = 30;
    private static final Duration CACHED = Duration.ofMinutes(5);
    private static final Duration OUTAGE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration TELL_EVERY = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 1024 * 1024;

    /** Longer ones are no identity but an attempt to fill memory. */
    private static final int LONGEST = 16 * 1024;

    /** What may stand in records and logs. */
    private static final Pattern SUBJECT = Pattern.compile("[ -~]{1,200}");

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private final List<String> rolesClaim;
    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - TELL_EVERY.toNanos());

    /**
     * Reads nothing yet.
     *
     * @param how with an address or a file of keys
     * @throws IllegalArgumentException when the address is none
     */
    public JwtTokens(AccessSettings.Jwt how, InstantSource clock) {
        this.rolesClaim = List.of(how.rolesClaim().split("\\."));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source(how.keys())));
        JWTClaimsSet exact = new JWTClaimsSet.Builder().issuer(how.issuer()).build();
        processor.setJWTClaimsSetVerifier(
                new AtTime(Set.of(how.audience()), exact, Set.of("sub", "exp", "aud", "iss"), clock));
    }

    /** Measures times against the clock of the server. */
    private static final class AtTime extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final InstantSource clock;

        AtTime(Set<String> audience, JWTClaimsSet exact, Set<String> required, InstantSource clock) {
            super(audience, exact, required, Set.of());
            this.clock = clock;
            setMaxClockSkew(SKEW_SECONDS);
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }

    private static JWKSource<SecurityContext> source(URI keys) {
        try {
            if (keys.getScheme().equals("file")) {
                return JWKSourceBuilder.create(new KeyFile(Path.of(keys)))
                        .cache(CACHED.toMillis(), PATIENCE.toMillis())
                        .rateLimited(PATIENCE.toMillis())
                        .outageTolerant(OUTAGE.toMillis())
                        .build();
            }
            int millis = Math.toIntExact(PATIENCE.toMillis());
            return JWKSourceBuilder.create(keys.toURL(), new DefaultResourceRetriever(millis, millis, MOST_BYTES))
                    .cache(CACHED.toMillis(), PATIENCE.toMillis() * 2)
                    .rateLimited(PATIENCE.toMillis())
                    .outageTolerant(OUTAGE.toMillis())
                    .retrying(true)
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("not an address of keys: " + keys, e);
        }
    }

    @Override
    public Identified identify(String token) {
        if (token.length() > LONGEST) {
            return Identified.not(Identified.Why.MALFORMED);
        }
        try {
            return of(processor.process(token, null));
        } catch (ParseException notOne) {
            return Identified.not(Identified.Why.MALFORMED);
        } catch (ExpiredJWTException expired) {
            return Identified.not(Identified.Why.EXPIRED);
        } catch (BadJOSEException refused) {
            LOG.debug("a token was refused: {}", refused.getMessage());
            return Identified.not(Identified.Why.REFUSED);
        } catch (RateLimitReachedException soon) {
            // It names a key that is not known, and the provider has been asked a moment ago.
            return new Identified.Later();
        } catch (KeySourceException away) {
            tell(away);
            return new Identified.Later();
        } catch (JOSEException refused) {
            LOG.debug("a token was refused: {}", refused.getMessage());
            return Identified.not(Identified.Why.REFUSED);
        }
    }

    /** Once in a while, however many ask. */
    private void tell(KeySourceException away) {
        long now = System.nanoTime();
        long last = toldNanos.get();
        if (now - last >= TELL_EVERY.toNanos() && toldNanos.compareAndSet(last, now)) {
            LOG.warn("the keys of the identity provider cannot be had: {}", away.getMessage());
        }
    }

    private Identified of(JWTClaimsSet claims) {
        String subject = String.valueOf(claims.getSubject());
        if (!SUBJECT.matcher(subject).matches()) {
            return Identified.not(Identified.Why.REFUSED);
        }
        return new Identified.As(new Caller(
                Caller.Kind.TOKEN,
                subject,
                roles(claims),
                Optional.of(claims.getExpirationTime().toInstant()),
                AccessKey.Limits.AS_SET));
    }

    /** Those of its roles that there are here: a list, or one text with spaces between them. */
    private Set<KeyRole> roles(JWTClaimsSet claims) {
        Object claim = claims.getClaim(rolesClaim.getFirst());
        for (String name : rolesClaim.subList(1, rolesClaim.size())) {
            claim = claim instanceof Map<?, ?> object ? object.get(name) : null;
        }
        Collection<?> names = List.of();
        if (claim instanceof String text) {
            names = Arrays.asList(text.split(" "));
        } else if (claim instanceof Collection<?> list) {
            names = list;
        }
        Set<KeyRole> roles = EnumSet.noneOf(KeyRole.class);
        names.forEach(name -> KeyRole.parse(String.valueOf(name)).ifPresent(roles::add));
        return roles;
    }

    /** Keys in a file, read anew whenever they are asked for. */
    private record KeyFile(Path file) implements JWKSetSource<SecurityContext> {
        @Override
        public JWKSet getJWKSet(
                JWKSetCacheRefreshEvaluator refresh, long currentTime, @Nullable SecurityContext context)
                throws KeySourceException {
            try {
                return JWKSet.load(file.toFile());
            } catch (IOException | ParseException unreadable) {
                throw new JWKSetUnavailableException(
                        "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
            }
        }

        @Override
        public void close() {
            // Nothing stays open.
        }
    }
}
