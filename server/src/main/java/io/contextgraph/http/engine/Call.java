// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.access.Caller;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** One request, as handlers see it. */
public final class Call {
    public static final String JSON = Declaration.JSON;
    public static final String NDJSON = "application/x-ndjson";

    private static final int PIECE = 16 * 1024;
    private static final String NOTHING = "{}";

    private final ServerRequest request;
    private final Declaration says;
    private final boolean onlyReads;
    private final Map<String, String> path;
    private final Gate.Admitted admitted;
    private final int maxBodyBytes;
    private final MemoryBudget.Lease memory;
    private final long startedNanos = System.nanoTime();
    private long bodyBytes;
    private @Nullable ReadAhead<?> readAhead;

    Call(
            ServerRequest request,
            Router.Match match,
            Gate.Admitted admitted,
            int maxBodyBytes,
            MemoryBudget.Lease memory) {
        this.request = request;
        this.says = match.route().says();
        this.onlyReads = match.route().method().equals("GET");
        this.path = match.parameters();
        this.admitted = admitted;
        this.maxBodyBytes = maxBodyBytes;
        this.memory = memory;
    }

    /** Who asks. */
    public Caller caller() {
        return admitted.caller();
    }

    /** Whole milliseconds since the request began, at least 1. */
    public long elapsedMillis() {
        return Math.max(1, (System.nanoTime() - startedNanos) / 1_000_000);
    }

    /** The parameters of the query, of which the route says what they are; a body is a fault where what is done takes none. */
    public Parameters parameters() {
        Parameters parameters = new Parameters(request.prologue().query().rawValue(), says);
        if (says.body().isEmpty() && !onlyReads && isToldInBody()) {
            parameters.fault("body", "unexpected_body", "is not read at this address: parameters stand in the query");
        }
        return parameters;
    }

    /** Whether the body says anything; a client may send an empty object where it has nothing to say. */
    private boolean isToldInBody() {
        if (!request.content().hasEntity()) {
            return false;
        }
        try (InputStream in = stream()) {
            String begin = new String(in.readNBytes(NOTHING.length() + 1), StandardCharsets.UTF_8).strip();
            return !begin.isEmpty() && !begin.equals(NOTHING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the path says.
     *
     * @throws InvalidInputException when it is not what it must be
     */
    public <T> T path(Parameter<T> parameter) {
        says.require(parameter);
        return parameter.read(path.getOrDefault(parameter.name(), ""));
    }

    /**
     * What a header says, or what it is where it is absent.
     *
     * @throws InvalidInputException when it is not what it must be
     */
    public <T> Optional<T> header(Parameter<T> parameter) {
        says.require(parameter);
        return header(parameter.name()).map(parameter::read).or(parameter::otherwise);
    }

    public Optional<String> header(String name) {
        HeaderName header = HeaderNames.create(name);
        return request.headers().contains(header)
                ? Optional.of(request.headers().get(header).get())
                : Optional.empty();
    }

    /**
     * The media type of the body, in lower case, without parameters.
     *
     * @throws ProblemException 415 unless it is one of {@code accepted}
     */
    public String contentType(String... accepted) {
        String type = header("Content-Type").orElse("");
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        if (!List.of(accepted).contains(bare)) {
            throw Problem.of(
                            ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                            "Content-Type must be " + String.join(" or ", accepted) + ".")
                    .raised();
        }
        return bare;
    }

    /** Size of the body that {@link #body} has read. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** The body as it arrives, unpacked, of any length; what is malformed of it is a {@link ProblemException}. */
    InputStream stream() {
        Optional<ContentCoding> coding = ContentCoding.of(
                header(HeaderNames.CONTENT_ENCODING.defaultCase()).orElse(""));
        Arriving arriving = new Arriving(request.content().inputStream(), admitted.allowance());
        return coding.<InputStream>map(packed -> new Unpacked(packed, arriving)).orElse(arriving);
    }

    /**
     * Begins to read the body as lines.
     *
     * @param maxLineBytes a longer line is not kept
     * @param make what each line is read for
     * @param maxLines read ahead at most
     */
    public <T> ReadAhead<T> readAhead(int maxLineBytes, Function<BodyLines.Line, T> make, int maxLines) {
        ReadAhead<T> begun = new ReadAhead<>(new BodyLines(stream(), maxLineBytes), make, maxLines);
        readAhead = begun;
        begun.start();
        return begun;
    }

    /** Who reads the body, where that is not the thread of the request. */
    public Optional<ReadAhead<?>> readAhead() {
        return Optional.ofNullable(readAhead);
    }

    /**
     * The whole body as JSON.
     *
     * @throws ProblemException 413 when it is too large, 400 when it is not JSON
     */
    public JsonNode body() {
        byte[] bytes = bytes(maxBodyBytes);
        bodyBytes = bytes.length;
        return parse(bytes, bytes.length);
    }

    /**
     * Reads one JSON value.
     *
     * @throws ProblemException 400 that says where the fault is, and nothing of the text itself
     */
    private static JsonNode parse(byte[] bytes, int length) {
        try {
            JsonNode json = Json.MAPPER.readTree(bytes, 0, length);
            if (json.isMissingNode()) {
                throw malformed("The body is empty.");
            }
            return json;
        } catch (JacksonException fault) {
            throw malformed("The body " + wrong(fault) + place(fault, ", at line %d, column %d."));
        }
    }

    /**
     * Reads a line of a stream, which is not empty.
     *
     * @param number of the line in the stream
     * @throws ProblemException 400 that says where the fault is, and nothing of the text itself
     */
    public static JsonNode parseLine(long number, byte[] text) {
        try {
            return Json.MAPPER.readTree(text, 0, text.length);
        } catch (JacksonException fault) {
            throw malformed("Line " + number + " of the stream " + wrong(fault) + place(fault, ", at column %2$d."));
        }
    }

    private static String wrong(JacksonException fault) {
        return fault instanceof StreamConstraintsException
                ? "nests too deep or holds a number that is too long"
                : "is not JSON, or an object in it names a key twice";
    }

    private static ProblemException malformed(String detail) {
        return Problem.of(ProblemCode.MALFORMED_JSON, detail).raised();
    }

    private static String place(JacksonException fault, String form) {
        TokenStreamLocation at = fault.getLocation();
        return at == null || at.getLineNr() < 1 ? "." : form.formatted(at.getLineNr(), at.getColumnNr());
    }

    /**
     * The whole body, unpacked.
     *
     * @throws ProblemException 413 when it is too large, 503 when too many large ones are in work
     */
    public byte[] bytes(int atMost) {
        long announced = request.headers().contentLength().orElse(-1);
        if (announced > atMost) {
            throw tooLarge(atMost);
        }
        if (announced > 0) {
            memory.raiseTo(announced);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.max(512, announced));
        byte[] piece = new byte[PIECE];
        try (InputStream in = stream()) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if ((long) bytes.size() + n > atMost) {
                    throw tooLarge(atMost);
                }
                memory.raiseTo((long) bytes.size() + n);
                bytes.write(piece, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static ProblemException tooLarge(int atMost) {
        return Problem.of(ProblemCode.BODY_TOO_LARGE, "A body must not have more than " + atMost + " bytes.")
                .with("limit_bytes", atMost)
                .raised();
    }
}
