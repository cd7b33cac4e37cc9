// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** The ports to one store: they work until they are told to fail, and then all of them do. */
public final class FailingPorts {
    private volatile @Nullable RuntimeException failure;

    /** Every call of every port throws from now on. */
    public void failWith(RuntimeException newFailure) {
        failure = newFailure;
    }

    /** They work again. */
    public void recover() {
        failure = null;
    }

    /** The same port, which can fail. */
    public <T> T of(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(
                FailingPorts.class.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    RuntimeException thrown = failure;
                    if (thrown != null) {
                        throw thrown;
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        return result instanceof ErasureRecords records ? of(ErasureRecords.class, records) : result;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }

    /** The same ledger, which can fail; its feeds cannot. */
    public Partition of(Partition real) {
        EventLog log = of(EventLog.class, real.log());
        EventOrder order = of(EventOrder.class, real.order());
        EventSearch search = of(EventSearch.class, real.search());
        Sessions sessions = of(Sessions.class, real.sessions());
        Parking parking = of(Parking.class, real.parking());
        OperationStore operations = of(OperationStore.class, real.operations());
        Epochs epochs = of(Epochs.class, real.epochs());
        Trimming trimming = of(Trimming.class, real.trimming());
        Pruning pruning = of(Pruning.class, real.pruning());
        Tiers tiers = of(Tiers.class, real.tiers());
        Sealing sealing = of(Sealing.class, real.sealing());
        PersonalEvents personal = of(PersonalEvents.class, real.personal());
        return new Partition() {
            @Override
            public Trimming trimming() {
                return trimming;
            }

            @Override
            public Pruning pruning() {
                return pruning;
            }

            @Override
            public PersonalEvents personal() {
                return personal;
            }

            @Override
            public Tiers tiers() {
                return tiers;
            }

            @Override
            public Sealing sealing() {
                return sealing;
            }

            @Override
            public EventLog log() {
                return log;
            }

            @Override
            public EventOrder order() {
                return order;
            }

            @Override
            public EventSearch search() {
                return search;
            }

            @Override
            public Sessions sessions() {
                return sessions;
            }

            @Override
            public EventFeed feed(String group) {
                return real.feed(group);
            }

            @Override
            public Parking parking() {
                return parking;
            }

            @Override
            public Epochs epochs() {
                return epochs;
            }

            @Override
            public OperationStore operations() {
                return operations;
            }
        };
    }
}
