// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * One run of an agent as a file tells it: its records in order, and the events that are made of them.
 *
 * <p><b>Identity.</b> What a run is called follows from what the file says of it and from its records, never from where
 * the file lies; see {@link RunName}. Ids of events follow from that and from the place of their record in the run.
 */
public final class Run {
    /** The type of what is told of a run without saying how it ended: it stands at its beginning. */
    public static final String TOLD_FIRST = "system.run";

    private final List<String> digests = new ArrayList<>();
    private final RunChain chain;
    private final About about;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> facts = new ArrayList<>();
    private int firstAnswer = -1;
    private RunName name = new RunName("", List.of());

    /** @param about whom all of it is about */
    public Run(About about) {
        this.about = about;
        this.chain = new RunChain(about.digest());
    }

    /**
     * A run that has its name.
     *
     * @param identity what its ids are made of
     * @param session the session that its events belong to
     */
    record Named(String identity, String session) {
        /** The id of the event that is called {@code step} within the run. */
        String eventId(String step) {
            return RunName.eventId(identity, step);
        }

        /** The id of a trace: a request, and the work that it causes. */
        String trace(int turn) {
            return DerivedIds.trace(identity, turn);
        }
    }

    /** What answers a call, and which call that is. */
    record Reply(int callRecord, String call, String digest) {}

    /** What it is called by itself; empty before {@link #name(String, JsonNode, String)}. */
    public RunName name() {
        return name;
    }

    /** Whom it is about. */
    About about() {
        return about;
    }

    RunChain chain() {
        return chain;
    }

    /** Adds the next record, and answers its number. */
    public int record(JsonNode record) {
        digests.add(about.digest().of(record));
        chain.add(digests.getLast());
        return digests.size() - 1;
    }

    /** The digest of a record. */
    public String digest(int record) {
        return digests.get(record);
    }

    /** Adds an event; its record has been added before. */
    public void add(Step step) {
        steps.add(step);
        if (step.type().startsWith("llm.")) {
            answeredIn(step.record());
        }
    }

    /** A model has answered in this record, which was added before, whatever events are made of it. */
    public void answeredIn(int record) {
        firstAnswer = firstAnswer < 0 ? record : firstAnswer;
    }

    /**
     * Adds an event that tells something about the whole run: no record of it, as it may be told differently later. What
     * it is called within the run follows from what it tells.
     */
    public void addFact(String kind, Function<String, Step> step, JsonNode told) {
        if (chain.size() == 0) {
            record(told);
        }
        facts.add(step.apply(kind + ":" + RecordDigest.inName(about.digest().of(told))));
    }

    /** All records are there: the run gets its name, see {@link RunName#of}. */
    public void name(String kind, JsonNode told, String model) {
        int beginning = firstAnswer < 0 ? chain.size() : firstAnswer + 1;
        name = RunName.of(
                kind,
                told,
                model,
                about.digest(),
                IntStream.range(0, beginning).mapToObj(chain::link).toList());
    }

    /** The records of which there are events; each begins with one that has the record's number as its name, or a call. */
    Leads leads() {
        Leads leads = new Leads(new BitSet(), new BitSet());
        for (Step step : steps) {
            boolean call = step.name().equals(step.record() + ":0");
            if (!leads.all().get(step.record()) && (call || !step.isCall())) {
                leads.all().set(step.record());
                leads.calls().set(step.record(), call);
            }
        }
        return leads;
    }

    /**
     * The first event of each record.
     *
     * @param all the records that have one
     * @param calls those of them where it is a call, as the record says nothing else
     */
    record Leads(BitSet all, BitSet calls) {
        /** What the first event of a record is called within its run. */
        String name(int record) {
            return calls.get(record) ? record + ":0" : Integer.toString(record);
        }

        /** What it would be called if the record were of the other kind. */
        String otherName(int record) {
            return calls.get(record) ? Integer.toString(record) : record + ":0";
        }
    }

    Calls calls() {
        Map<Integer, Reply> replies = new TreeMap<>();
        List<Call> open = new ArrayList<>();
        for (Step step : steps) {
            Step.Answer answer = step.answer();
            if (answer != null) {
                replies.put(answer.record(), new Reply(step.record(), step.name(), answer.digest()));
            } else if (step.isCall()) {
                open.add(new Call(step.record(), step.name()));
            }
        }
        return new Calls(replies, open);
    }

    /**
     * What became of the calls.
     *
     * @param replies the records that are in the event of the call that they answer
     * @param open the calls that no record answers
     */
    record Calls(Map<Integer, Reply> replies, List<Call> open) {}

    /** A call, and which record it is in. */
    record Call(int record, String name) {}

    /** How many events it has. */
    int events() {
        return steps.size() + facts.size();
    }

    /**
     * Emits the events: what is told of the run, the records in their order, how it ended.
     *
     * @param apart the records whose calls were recorded without them, which become events of their own
     * @param place where it stands
     */
    void emit(Emitter out, Named as, Set<Integer> apart, String place) {
        List<Placed> events = new ArrayList<>();
        for (Step step : steps) {
            Step.Answer answer = step.answer();
            boolean whole = answer != null && !apart.contains(answer.record());
            Draft draft = step.draft(as, whole);
            events.add(new Placed(
                    step.record(), marked(draft, step.record(), whole && answer != null ? answer.digest() : "")));
            if (answer != null && !whole) {
                events.add(new Placed(answer.record(), marked(step.answerDraft(as, answer), answer.record(), "")));
            }
        }
        events.sort(Comparator.comparingInt(Placed::record));
        List<Draft> drafts = new ArrayList<>(told(as, fact -> fact.type().equals(TOLD_FIRST)));
        events.forEach(event -> drafts.add(event.draft()));
        drafts.addAll(told(as, fact -> !fact.type().equals(TOLD_FIRST)));
        out.together(drafts, place);
    }

    /** What the events are called that tell of the whole run. */
    Set<String> facts() {
        return facts.stream().map(Step::name).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Emits what is told of the run: its records are those of a longer one, which has them.
     *
     * @param told of the longer one
     * @param place where it stands
     */
    void emitFacts(Emitter out, Named as, Set<String> told, String place) {
        List<Draft> drafts = told(as, fact -> !told.contains(fact.name()));
        out.together(drafts, place);
        out.repeated(events() - drafts.size(), about.isPersonal());
    }

    private List<Draft> told(Named as, Predicate<Step> which) {
        return facts.stream()
                .filter(which)
                .map(fact -> fact.draft(as, false)
                        .about(about)
                        .marked(Json.MAPPER
                                .createObjectNode()
                                .put(Mark.RECORD, about.digest().of(fact.payload()))
                                .put(Mark.RUN, Mark.OF_NO_RECORD)))
                .toList();
    }

    private record Placed(int record, Draft draft) {}

    private Draft marked(Draft draft, int record, String answer) {
        var mark =
                Json.MAPPER.createObjectNode().put(Mark.RECORD, digest(record)).put(Mark.RUN, chain.link(record));
        if (!answer.isEmpty()) {
            mark.put(Mark.ANSWER, answer);
        }
        return draft.about(about).marked(mark);
    }
}
