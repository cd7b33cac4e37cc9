// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtTokensTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant END = NOW.plusSeconds(600);
    private static final String ISSUER = "https://login.example.com/";
    private static final String AUDIENCE = "contextgraph";
    private static final RSAKey RSA = rsa("rsa-1");
    private static final ECKey CURVE = curve("ec-1");

    @TempDir
    private Path folder;

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey curve(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String published(JWK... keys) {
        return new JWKSet(List.of(keys)).toPublicJWKSet().toString();
    }

    private JwtTokens tokens(String rolesClaim, JWK... keys) throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), published(keys));
        return tokens(rolesClaim, file.toUri());
    }

    private static JwtTokens tokens(String rolesClaim, URI keys) {
        return new JwtTokens(new AccessSettings.Jwt(keys, ISSUER, AUDIENCE, rolesClaim), () -> NOW);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("alice@example.com")
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .expirationTime(Date.from(END))
                .claim("roles", List.of("read", "admin", "barista"));
    }

    private static String signed(JWK key, JWSAlgorithm algorithm, JWTClaimsSet claims) throws JOSEException {
        JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private static Identified alice(KeyRole... roles) {
        return new Identified.As(new Caller(
                Caller.Kind.TOKEN, "alice@example.com", Set.of(roles), Optional.of(END), AccessKey.Limits.AS_SET));
    }

    private static Identified not(Identified.Why why) {
        return new Identified.Not(why);
    }

    @Test
    void aTokenOfTheProviderSaysWhoItIsAndItsRoles() throws Exception {
        JwtTokens tokens = tokens("roles", RSA, CURVE);
        assertThat(tokens.identify(signed(RSA, JWSAlgorithm.RS256, claims().build())))
                .isEqualTo(alice(KeyRole.READ, KeyRole.ADMIN));
        assertThat(tokens.identify(signed(CURVE, JWSAlgorithm.ES256, claims().build())))
                .isEqualTo(alice(KeyRole.READ, KeyRole.ADMIN));
    }

    @Test
    void rolesMayBeATextOrLieDeeper() throws Exception {
        JWTClaimsSet text = claims().claim("scope", "ingest openid").build();
        assertThat(tokens("scope", RSA).identify(signed(RSA, JWSAlgorithm.RS256, text)))
                .isEqualTo(alice(KeyRole.INGEST));
        JWTClaimsSet deep = claims().claim("realm", Map.of("access", Map.of("roles", List.of("privacy"))))
                .build();
        assertThat(tokens("realm.access.roles", RSA).identify(signed(RSA, JWSAlgorithm.RS256, deep)))
                .isEqualTo(alice(KeyRole.PRIVACY));
        assertThat(tokens("absent.claim", RSA).identify(signed(RSA, JWSAlgorithm.RS256, deep)))
                .isEqualTo(alice());
    }

    @Test
    void whatIsNotAsItMustBeIsRefused() throws Exception {
        JwtTokens tokens = tokens("roles", RSA);
        List<UnaryOperator<JWTClaimsSet.Builder>> wrong = List.of(
                claims -> claims.issuer("https://evil.example.com/"),
                claims -> claims.issuer(null),
                claims -> claims.audience("another"),
                claims -> claims.audience((String) null),
                claims -> claims.subject(null),
                claims -> claims.subject(""),
                claims -> claims.subject("line\nbreak"),
                claims -> claims.expirationTime(null),
                claims -> claims.notBeforeTime(Date.from(NOW.plusSeconds(31))));
        for (UnaryOperator<JWTClaimsSet.Builder> change : wrong) {
            JWTClaimsSet claims = change.apply(claims()).build();
            assertThat(tokens.identify(signed(RSA, JWSAlgorithm.RS256, claims)))
                    .as(claims.toString())
                    .isEqualTo(not(Identified.Why.REFUSED));
        }
    }

    @Test
    void clocksMayDifferByHalfAMinute() throws Exception {
        JwtTokens tokens = tokens("roles", RSA);
        JWTClaimsSet late =
                claims().expirationTime(Date.from(NOW.minusSeconds(29))).build();
        assertThat(tokens.identify(signed(RSA, JWSAlgorithm.RS256, late))).isInstanceOf(Identified.As.class);
        JWTClaimsSet tooLate =
                claims().expirationTime(Date.from(NOW.minusSeconds(31))).build();
        assertThat(tokens.identify(signed(RSA, JWSAlgorithm.RS256, tooLate))).isEqualTo(not(Identified.Why.EXPIRED));
    }

    @Test
    void otherSignaturesAreRefused() throws Exception {
        JwtTokens tokens = tokens("roles", RSA);
        assertThat(tokens.identify(signed(rsa("rsa-1"), JWSAlgorithm.RS256, claims().build())))
                .isEqualTo(not(Identified.Why.REFUSED));
        assertThat(tokens.identify(signed(rsa("rsa-9"), JWSAlgorithm.RS256, claims().build())))
                .isEqualTo(not(Identified.Why.REFUSED));
        assertThat(tokens.identify(new PlainJWT(claims().build()).serialize())).isInstanceOf(Identified.Not.class);
        // The public key taken for a shared secret.
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(), claims().build());
        confused.sign(new MACSigner(RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
        assertThat(tokens.identify(confused.serialize())).isEqualTo(not(Identified.Why.REFUSED));
        String good = signed(RSA, JWSAlgorithm.RS256, claims().build());
        assertThat(tokens.identify(good.substring(0, good.length() - 8) + "AAAAAAAA"))
                .isEqualTo(not(Identified.Why.REFUSED));
    }

    @Test
    void whatIsNoTokenIsMalformed() throws Exception {
        JwtTokens tokens = tokens("roles", RSA);
        for (String text : List.of("", "x", "a.b", "a.b.c", "..", "é.é.é", "x".repeat(100_000))) {
            assertThat(tokens.identify(text)).as(text).isInstanceOf(Identified.Not.class);
        }
    }

    @Test
    void theProvidersKeysAreReadAgainWhereATokenNamesANewOne() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        String[] keys = {published(RSA)};
        HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/jwks", exchange -> {
            int ignored = asked.incrementAndGet();
            byte[] body = keys[0].getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        provider.start();
        try {
            JwtTokens tokens = tokens(
                    "roles",
                    URI.create("http://127.0.0.1:" + provider.getAddress().getPort() + "/jwks"));
            String old = signed(RSA, JWSAlgorithm.RS256, claims().build());
            for (int i = 0; i < 5; i++) {
                assertThat(tokens.identify(old)).isInstanceOf(Identified.As.class);
            }
            assertThat(asked).hasValue(1);
            keys[0] = published(CURVE);
            assertThat(tokens.identify(signed(CURVE, JWSAlgorithm.ES256, claims().build())))
                    .isInstanceOf(Identified.As.class);
            assertThat(asked).hasValue(2);
            // Its key is gone; whether it has come again, the provider is not asked in the same moment.
            assertThat(tokens.identify(old)).isEqualTo(new Identified.Later());
            assertThat(asked).hasValue(2);
        } finally {
            provider.stop(0);
        }
    }

    @Test
    void withoutTheProvidersKeysNobodyCanTell() throws Exception {
        JwtTokens tokens = tokens("roles", folder.resolve("absent.json").toUri());
        assertThat(tokens.identify(signed(RSA, JWSAlgorithm.RS256, claims().build())))
                .isEqualTo(new Identified.Later());
    }
}
