// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import io.contextgraph.dialect.Dialects;
import io.contextgraph.dialect.Dialects.Form;
import io.contextgraph.dialect.Dialects.Kind;
import io.contextgraph.dialect.Dialects.Name;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.dialect.LogFact;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DialectsPageTest {
    @Test
    void dialectsPage() {
        StringBuilder page = new StringBuilder("""
                # Dialects

                OpenTelemetry has many ways to say that a span is a model call or a tool. An import of OTLP/JSON reads these. Everything that
                a span says stays in its payload, whatever is made of it here.

                ## What a span is

                1. An attribute of this table; the first whose value is neither `system.span` nor `nothing` decides, whatever its case.
                   With none, a value that is not in the table makes it a `system.span` that is work of its own, and one that is, a
                   `system.span` of the framework.
                2. Else the form of its name.
                3. Else the attributes that it has.
                4. Else it is a `system.span` of the framework.

                | attribute | value | event type | dialect |
                | --- | --- | --- | --- |
                """);
        Dialects.KINDS.forEach(kind -> page.append(row(kind)));
        page.append("""

                | name of the span | event type | what the name says | dialect |
                | --- | --- | --- | --- |
                """);
        Dialects.FORMS.forEach(form -> page.append(row(form)));
        page.append("""

                `<word>` has no white space.

                | attribute that is there | event type | dialect |
                | --- | --- | --- |
                """);
        Dialects.HINTS.forEach(hint -> page.append("| `%s` | `%s` | %s |%n"
                .formatted(hint.attribute(), hint.type(), hint.dialect().title())));
        page.append("""

                One call is often recorded by several spans, one within the other, such as `ai.generateText` and
                `ai.generateText.doGenerate`: each is an event, and tokens are counted at the innermost.

                ## Which log records are events

                Those whose event name (`eventName`, the attribute `event.name`, or `name`) begins with `%s`, and those of programs that
                write what they do as a stream of events. They are children of their span. Any other is `%s` and of little importance
                if it names a trace; one that names none belongs to nothing, and is refused and counted.

                | program | names of its events begin with |
                | --- | --- |
                """.formatted(LogEvents.PREFIX, LogEvents.OTHER));
        LogEvents.PROGRAMS.forEach(program ->
                page.append("| %s | `%s` |%n".formatted(program.dialect().title(), program.prefix())));
        page.append("""

                | name of the event | event type | how it ended |
                | --- | --- | --- |
                """);
        LogEvents.KINDS.forEach(kind ->
                page.append("| `%s` | `%s` | %s |%n".formatted(kind.name(), kind.type(), ended(kind.outcome()))));
        page.append("""
                | any other | `%s` | |

                They have little importance where their span has messages itself; `gen_ai.assistant.message` always has, as it was said
                before, and so have what is sent to a model and the parts in which its answer comes.

                A program writes an event when something has ended: where it says how long that took, the event begins so much
                earlier. Events of one prompt have one trace, and the prompt as their parent, where they name no span. This is read from
                their attributes, the first that is there; session and agent also from those below.

                | what | attributes |
                | --- | --- |
                """.formatted(LogEvents.OTHER));
        for (LogFact fact : LogFact.values()) {
            page.append("| %s | %s |%n"
                    .formatted(
                            fact.title(),
                            fact.attributes().stream()
                                    .map(attribute -> "`" + attribute + "`")
                                    .collect(Collectors.joining(", "))));
        }
        page.append("""

                ## What it says of itself

                The first that is there. Texts are read from JSON text, from structures, and from flat names such as
                `gen_ai.prompt.0.content`; messages also from span events and log events of the names `gen_ai.user.message`, `gen_ai.choice`
                and so on.

                | what | attributes |
                | --- | --- |
                """);
        for (Fact fact : Fact.values()) {
            page.append("| %s | %s |%n"
                    .formatted(
                            fact.title(),
                            Dialects.NAMES.stream()
                                    .filter(name -> name.fact() == fact)
                                    .map(DialectsPageTest::place)
                                    .collect(Collectors.joining(", "))));
        }
        page.append("""

                A name that is in none of them is taken from the name of the span: by the forms above, and by these where the dialect has
                said the kind.

                | dialect | kind | name of the span |
                | --- | --- | --- |
                """);
        for (Form form : Dialects.NAMING) {
            page.append("| %s | `%s` | `%s` |%n".formatted(form.dialect().title(), form.type(), form.form()));
        }
        for (Kind kind : Dialects.NAMED_BY_SPAN) {
            page.append("| %s | `%s` = `%s` | `<name>` |%n"
                    .formatted(kind.dialect().title(), kind.attribute(), kind.value()));
        }
        page.append("""

                `mcp.session.id` is a connection to a server, no session of an agent.

                ## Failures

                Besides its status and `error.type`:

                | attribute | value | dialect |
                | --- | --- | --- |
                """);
        Dialects.FAILURES.forEach(failure -> page.append("| `%s` | `%s` | %s |%n"
                .formatted(
                        failure.attribute(), failure.value(), failure.dialect().title())));
        GeneratedDocs.assertUpToDate("docs/dialects.md", page.toString());
    }

    private static String ended(LogEvents.Outcome outcome) {
        return switch (outcome) {
            case NONE -> "";
            case ENDED -> "as it says";
            case FAILED -> "failed";
        };
    }

    private static String row(Kind kind) {
        String value = kind.value().equals(Dialects.ANY_OTHER) ? "any other" : "`" + kind.value() + "`";
        String type = kind.type().equals(Dialects.NOTHING) ? "nothing" : "`" + kind.type() + "`";
        return "| `%s` | %s | %s | %s |%n"
                .formatted(kind.attribute(), value, type, kind.dialect().title());
    }

    private static String row(Form form) {
        return "| `%s` | `%s` | %s | %s |%n"
                .formatted(
                        form.form(),
                        form.type(),
                        form.rest().map(Fact::title).orElse(""),
                        form.dialect().title());
    }

    private static String place(Name name) {
        String field = name.within().isEmpty() ? "" : " (its `" + name.within() + "`)";
        String of = name.of().isEmpty() ? "" : " (of `" + name.of() + "`)";
        return "`" + name.attribute() + "`" + field + of;
    }
}
