// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.ports;

import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.ports.HttpPorts.OfPartition;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.router.Partitioning;
import java.util.List;
import java.util.Optional;

/** Which partition of the ledger a request is about: the only one, where it has no more. */
public final class WhichPartition {
    private static final String NAME = "partition";
    private static final ValueForm<Integer> FORM = ValueForm.whole(0, Partitioning.MAX_PARTITIONS - 1);

    /** In a query. */
    public static final Parameter<Integer> SAID =
            Parameter.query(NAME, FORM, "Which partition it is about; must be said where the ledger has several");

    /** In an address. */
    public static final Parameter<Integer> IN_PATH = Parameter.path(NAME, FORM, "The partition");

    private WhichPartition() {}

    /** What operators work with of the one that a query says; one that there is not is a fault. */
    public static OfPartition of(HttpPorts ports, Parameters parameters) {
        return among(ports.admin().partitions(), parameters);
    }

    /** The partition itself; one that there is not is a fault. */
    public static Partition in(HttpPorts ports, Parameters parameters) {
        return among(ports.ledger().partitions(), parameters);
    }

    /** What operators work with of the one that the address names. */
    public static OfPartition inPath(HttpPorts ports, Call call) {
        List<OfPartition> partitions = ports.admin().partitions();
        int named = call.path(IN_PATH);
        if (named >= partitions.size()) {
            throw Problem.of(ProblemCode.NO_SUCH_LOG, "The ledger has no such partition.")
                    .raised();
        }
        return partitions.get(named);
    }

    private static <T> T among(List<T> partitions, Parameters parameters) {
        Optional<Integer> said = parameters.find(SAID);
        int last = partitions.size() - 1;
        if (said.isEmpty() && last > 0) {
            parameters.fault(NAME, "required", "must say which partition of the ledger, from 0 to " + last);
        } else if (said.isPresent() && said.get() > last) {
            parameters.fault(
                    NAME, "out_of_range", "must be a partition of the ledger, from 0 to " + last + ": " + said.get());
        }
        return partitions.get(Math.min(said.orElse(0), last));
    }
}
