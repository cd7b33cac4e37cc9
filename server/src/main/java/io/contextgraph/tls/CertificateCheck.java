// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the certificate of the HTTP server: how long it counts, and whether its files can be used. */
public final class CertificateCheck implements Check {
    private static final Concern EXPIRED = Concern.degrading("certificate_expired");
    private static final Concern UNUSABLE = Concern.degrading("certificate_unusable");
    private static final Duration SOON = Duration.ofDays(14);
    private static final String SUBJECT = "http.tls";

    private final Identity.Files files;
    private final Optional<ServerCertificate> shown;
    private final InstantSource clock;

    /** @param shown what a server shows; empty where none runs here */
    public CertificateCheck(Identity.Files files, Optional<ServerCertificate> shown, InstantSource clock) {
        this.files = files;
        this.shown = shown;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public Concern unavailable() {
        return UNUSABLE;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(EXPIRED, UNUSABLE);
    }

    @Override
    public Checked look() {
        List<Finding> findings = new ArrayList<>();
        shown.flatMap(ServerCertificate::problem)
                .ifPresent(problem -> findings.add(unusable(problem + "; the server goes on with the one it has")));
        try {
            Identity identity = shown.isPresent() ? shown.get().identity() : files.read();
            findings.add(validity(identity.notBefore(), identity.notAfter()));
        } catch (TlsFileException unusable) {
            findings.add(unusable(String.valueOf(unusable.getMessage())));
        }
        return new Checked(findings.stream().noneMatch(one -> one.level() == Level.PROBLEM), findings);
    }

    private static Finding unusable(String why) {
        return Finding.of(Level.PROBLEM, SUBJECT, why).as(UNUSABLE);
    }

    private Finding validity(Instant begin, Instant end) {
        Instant now = clock.instant();
        String until = "the certificate in " + files.certificate();
        if (now.isBefore(begin)) {
            return Finding.of(Level.PROBLEM, SUBJECT, until + " does not count before " + begin)
                    .as(EXPIRED);
        }
        if (!now.isBefore(end)) {
            return Finding.of(
                            Level.PROBLEM, SUBJECT, until + " has expired at " + end + ": clients refuse it; renew it")
                    .as(EXPIRED);
        }
        boolean soon = Duration.between(now, end).compareTo(SOON) < 0;
        return Finding.of(
                soon ? Level.WARNING : Level.OK,
                SUBJECT,
                until + (soon ? " expires at " + end + ": renew it in time" : " counts until " + end));
    }
}
