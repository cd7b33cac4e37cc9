// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A dump of the objects of a JVM, read from its beginning to its end as often as somebody asks.
 *
 * <p><b>Source.</b> The binary format HPROF 1.0.2, as HotSpot writes it.
 */
final class HeapDump {
    private static final int UTF8 = 0x01;
    private static final int LOAD_CLASS = 0x02;
    private static final int HEAP = 0x0c;
    private static final int HEAP_SEGMENT = 0x1c;
    private static final int OBJECT = 2;
    private static final int[] SIZES = {0, 0, 8, 0, 1, 2, 4, 8, 1, 2, 4, 8};

    /** Of the roots, by their tags: what they are, and how many bytes follow the object. */
    private static final Map<Integer, Root> ROOTS = Map.of(
            0xff, new Root("unknown", 0),
            0x01, new Root("JNI global", 8),
            0x02, new Root("JNI local", 8),
            0x03, new Root("frame of a thread", 8),
            0x04, new Root("native stack", 4),
            0x05, new Root("class of the system", 0),
            0x06, new Root("block of a thread", 4),
            0x07, new Root("monitor", 0),
            0x08, new Root("thread", 8));

    private final Path file;
    private final Map<Long, String> texts = new HashMap<>();
    private final Map<Long, Long> classNames = new HashMap<>();
    private final Map<Long, Type> types = new HashMap<>();

    HeapDump(Path file) {
        this.file = file;
    }

    private record Root(String name, int more) {}

    /** A class: whose it extends, and its own fields in their order. */
    private record Type(long parent, List<Field> fields) {}

    private record Field(long name, int type) {}

    /** Is told what there is. */
    interface Visitor {
        /** The values of an array of numbers, as they stand in the dump. */
        default void array(long id, byte[] values) {}

        /** That one object holds another. */
        default void holds(long id, String by, long held) {}

        /** That an object stays for itself. */
        default void root(long id, String kind) {}
    }

    /** Reads the whole. */
    void visit(Visitor visitor) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            while (in.readByte() != 0) {
                // The name of the format.
            }
            if (in.readInt() != 8) {
                throw new IOException("ids of other than 8 bytes");
            }
            in.skipNBytes(8);
            for (int tag = in.read(); tag >= 0; tag = in.read()) {
                in.skipNBytes(4);
                record(in, tag, Integer.toUnsignedLong(in.readInt()), visitor);
            }
        }
    }

    private void record(DataInputStream in, int tag, long length, Visitor visitor) throws IOException {
        switch (tag) {
            case UTF8 -> {
                long id = in.readLong();
                texts.put(id, new String(bytes(in, (int) length - 8), UTF_8));
            }
            case LOAD_CLASS -> {
                in.skipNBytes(4);
                long id = in.readLong();
                in.skipNBytes(4);
                classNames.put(id, in.readLong());
            }
            case HEAP, HEAP_SEGMENT -> {
                long left = length;
                while (left > 0) {
                    left -= 1 + object(in, in.readUnsignedByte(), visitor);
                }
            }
            default -> in.skipNBytes(length);
        }
    }

    private static byte[] bytes(DataInputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the dump is cut");
        }
        return bytes;
    }

    /** Reads one, and answers how long it was. */
    private long object(DataInputStream in, int tag, Visitor visitor) throws IOException {
        long id = in.readLong();
        Root root = ROOTS.get(tag);
        if (root != null) {
            in.skipNBytes(root.more());
            visitor.root(id, root.name());
            return 8L + root.more();
        }
        in.skipNBytes(4);
        return switch (tag) {
            case 0x20 -> type(in, id, visitor);
            case 0x21 -> instance(in, id, visitor);
            case 0x22 -> {
                int count = in.readInt();
                String name = name(in.readLong());
                ByteBuffer values = ByteBuffer.wrap(bytes(in, count * 8));
                for (int i = 0; i < count; i++) {
                    visitor.holds(id, name, values.getLong());
                }
                yield 24 + 8L * count;
            }
            case 0x23 -> {
                int count = in.readInt();
                int size = SIZES[in.readUnsignedByte()];
                visitor.array(id, bytes(in, count * size));
                yield 17 + (long) count * size;
            }
            default -> throw new IOException("an object of the unknown kind " + tag);
        };
    }

    private long type(DataInputStream in, long id, Visitor visitor) throws IOException {
        long parent = in.readLong();
        in.skipNBytes(5 * 8 + 4);
        long length = 8 + 4 + 6 * 8 + 4 + 6;
        int constants = in.readUnsignedShort();
        for (int i = 0; i < constants; i++) {
            in.skipNBytes(2);
            int size = SIZES[in.readUnsignedByte()];
            in.skipNBytes(size);
            length += 3 + size;
        }
        int statics = in.readUnsignedShort();
        for (int i = 0; i < statics; i++) {
            long name = in.readLong();
            int type = in.readUnsignedByte();
            if (type == OBJECT) {
                visitor.holds(id, "static " + name(id) + "." + texts.get(name), in.readLong());
            } else {
                in.skipNBytes(SIZES[type]);
            }
            length += 9 + SIZES[type];
        }
        int count = in.readUnsignedShort();
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fields.add(new Field(in.readLong(), in.readUnsignedByte()));
        }
        types.put(id, new Type(parent, fields));
        return length + 9L * count;
    }

    private long instance(DataInputStream in, long id, Visitor visitor) throws IOException {
        long type = in.readLong();
        int length = in.readInt();
        ByteBuffer values = ByteBuffer.wrap(bytes(in, length));
        for (Type at = types.get(type); at != null; at = types.get(at.parent())) {
            for (Field field : at.fields()) {
                if (field.type() == OBJECT) {
                    long held = values.getLong();
                    if (held != 0) {
                        visitor.holds(id, name(type) + "." + texts.get(field.name()), held);
                    }
                } else {
                    values.position(values.position() + SIZES[field.type()]);
                }
            }
        }
        return 8 + 4 + 8 + 4 + (long) length;
    }

    private String name(long type) {
        String name = texts.get(classNames.getOrDefault(type, 0L));
        return name == null ? "?" : name.replace('/', '.');
    }
}
