// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Nearest;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.problem.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parameters of a query, read strictly: unknown and repeated ones are faults, and all faults come together once
 * {@link #check} is called. Until then a faulty parameter reads as absent.
 */
public final class Parameters {
    private final Declaration says;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    /** @throws ProblemException 400 when the query is not properly encoded */
    Parameters(String rawQuery, Declaration says) {
        this.says = says;
        List<String> known = says.names(Parameter.In.QUERY);
        for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = Percent.decodeQuery(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : Percent.decodeQuery(pair.substring(equals + 1));
            if (!known.contains(name)) {
                fault(name, "unknown_parameter", "is not a parameter of this address" + hint(name, known));
            } else if (values.putIfAbsent(name, value) != null) {
                fault(name, "repeated_parameter", "must not be given more than once");
            }
        }
    }

    private static String hint(String name, List<String> known) {
        return Nearest.to(name, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(known.isEmpty() ? "; there are none" : "; there are " + String.join(", ", known));
    }

    public void fault(String name, String code, String message) {
        faults.add(new Fault(Fault.pointer(name), code, message));
    }

    /** The value of a parameter, or what it is where it is absent. */
    public <T> Optional<T> find(Parameter<T> parameter) {
        says.require(parameter);
        String text = values.get(parameter.name());
        if (text == null) {
            if (parameter.required()) {
                faults.add(new Fault(parameter.pointer(), "required", "must be given: " + parameter.description()));
            }
            return parameter.otherwise();
        }
        try {
            return Optional.of(parameter.read(text));
        } catch (InvalidInputException invalid) {
            faults.addAll(invalid.faults());
            return parameter.otherwise();
        }
    }

    /** The value of a parameter that is something also where it is absent. */
    public <T> T get(Parameter<T> parameter) {
        return find(parameter).orElseThrow();
    }

    /** Finds the faults of a parameter whose value changes nothing. */
    public void look(Parameter<?> parameter) {
        Optional<?> ignored = find(parameter);
    }

    /** Adds the faults that {@code build} finds to those found so far, and ends the reading. */
    public <T> T build(Supplier<T> build) {
        T built;
        try {
            built = build.get();
        } catch (InvalidInputException invalid) {
            faults.addAll(invalid.faults());
            throw new InvalidInputException(faults);
        }
        check();
        return built;
    }

    /** @throws InvalidInputException with every fault found */
    public void check() {
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
    }
}
