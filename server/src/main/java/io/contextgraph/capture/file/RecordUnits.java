// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.otlp.OtlpProtobuf;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.text.NotUtf8Exception;
import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceJson;
import io.contextgraph.capture.text.TraceRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/**
 * The values of a file that is no text: requests of OTLP/protobuf, or of JSON that is compressed record by record. Of a
 * record, no more than the limit of a line is held, packed and unpacked; of a request that is the whole file, the limit of
 * a document.
 */
final class RecordUnits {
    /** OTLP/JSON is about so many times as long as the protobuf that says the same. */
    private static final long LONGER_AS_JSON = 3;

    private static final Pattern BEHIND_FIRST = Pattern.compile("\\.(\\s.*)?$", Pattern.DOTALL);

    private final TraceFile file;
    private final CaptureOptions options;
    private final UnitJudge judge;

    RecordUnits(TraceFile file, CaptureOptions options, UnitJudge judge) {
        this.file = file;
        this.options = options;
        this.judge = judge;
    }

    /** Reads the records of the file, each behind its length. */
    void read() {
        long last = 0;
        try (InputStream in = TraceContent.unpacked(file.content())) {
            TraceRecords records = new TraceRecords(in, options.maxLineBytes());
            while (records.next()) {
                last = records.number();
                record(records);
            }
        } catch (IOException failed) {
            judge.refuse(last + 1, Malformed.reason(failed) + "; the records before are kept");
        }
    }

    private void record(TraceRecords record) {
        if (record.empty()) {
            judge.together(record.number(), "an empty record");
            return;
        }
        String where = "the record at byte " + record.offset() + " ";
        if (!record.fault().isEmpty()) {
            judge.refuse(record.number(), where + record.fault());
            return;
        }
        try (InputStream in = TraceContent.unpacked(record.bytes())) {
            byte[] bytes = in.readNBytes(options.maxLineBytes() + 1);
            if (bytes.length > options.maxLineBytes()) {
                judge.refuse(
                        record.number(),
                        where + "must not have more than " + options.maxLineBytes() + " bytes unpacked");
            } else {
                value(record.number(), where, bytes);
            }
        } catch (NotUtf8Exception notUtf8) {
            judge.refuse(record.number(), where + notUtf8.getMessage());
        } catch (IOException broken) {
            judge.refuse(record.number(), where + "cannot be unpacked: " + Malformed.reason(broken));
        }
    }

    private void value(long number, String where, byte[] bytes) throws NotUtf8Exception {
        if (bytes.length > 0 && (bytes[0] == '{' || bytes[0] == '[')) {
            json(number, where, text(bytes));
        } else {
            request(number, where, bytes);
        }
    }

    private static String text(byte[] bytes) throws NotUtf8Exception {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(in, text, true).isError()) {
            throw new NotUtf8Exception("character " + (text.position() + 1));
        }
        return text.flip().toString();
    }

    private void json(long number, String where, String text) {
        try {
            judge.value(number, TraceJson.line(text), text.length());
        } catch (JacksonException malformed) {
            judge.refuse(
                    number,
                    where + "is "
                            + Malformed.reason(
                                    malformed, 1, true, !options.whom().isTold()));
        }
    }

    private void request(long number, String where, byte[] bytes) {
        judge.met(Format.OTLP_PROTOBUF);
        try {
            judge.value(Format.OTLP_PROTOBUF, number, OtlpProtobuf.request(bytes), LONGER_AS_JSON * bytes.length);
        } catch (InvalidProtocolBufferException none) {
            judge.refuse(number, where + "is no request of OTLP/protobuf, or is damaged: " + why(none));
        }
    }

    /** The first sentence, as the end of another one: those behind it guess. */
    private static String why(InvalidProtocolBufferException none) {
        String first = BEHIND_FIRST.matcher(String.valueOf(none.getMessage())).replaceAll("");
        return first.isEmpty()
                ? "no reason is known"
                : first.substring(0, 1).toLowerCase(Locale.ROOT) + first.substring(1);
    }

    /** Reads the whole file as one request. */
    void readWhole() {
        judge.met(Format.OTLP_PROTOBUF);
        int most = (int) Math.min(options.maxDocumentBytes(), Integer.MAX_VALUE - 16);
        try (InputStream in = TraceContent.unpacked(file.content())) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                judge.refuse(UnitJudge.WHOLE, "a request must not have more than " + most + " bytes unpacked");
            } else {
                request(UnitJudge.WHOLE, "the file ", bytes);
            }
        } catch (IOException failed) {
            judge.refuse(UnitJudge.WHOLE, Malformed.reason(failed));
        }
    }
}
