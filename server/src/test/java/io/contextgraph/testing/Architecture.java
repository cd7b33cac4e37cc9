// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rules of the house, for each module. */
public final class Architecture {
    /** Every package of ours begins so. */
    private static final String ROOT = "io.contextgraph";

    private static final int MOST_LINES = 400;
    private static final int MOST_FILES = 30;

    private Architecture() {}

    /** The product classes of the module that is tested, not those that it uses. */
    public static JavaClasses product() {
        return imported(new ImportOption.DoNotIncludeTests());
    }

    /** Its tests. */
    public static JavaClasses tests() {
        return imported(new ImportOption.OnlyIncludeTests());
    }

    private static JavaClasses imported(ImportOption option) {
        ImportOption thisModule = location -> !location.isJar() && isHere(location);
        return new ClassFileImporter()
                .withImportOption(option)
                .withImportOption(thisModule)
                .importPackages(ROOT);
    }

    private static boolean isHere(Location location) {
        return Path.of(location.asURI()).startsWith(Path.of("").toAbsolutePath());
    }

    /**
     * Faults of the packages of a module: one that is not listed, a dependency on another of them that is not allowed.
     *
     * @param allowed by package without {@code io.contextgraph.}, those packages that it may use; itself is one of them
     */
    public static List<String> faults(JavaClasses product, Map<String, Set<String>> allowed) {
        Map<String, String> faults = new TreeMap<>();
        for (JavaClass type : product) {
            String home = inShort(type);
            Set<String> may = allowed.get(home);
            if (may == null) {
                faults.put(home, home + " is not listed");
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                String used = inShort(target);
                if (product.contain(target.getName()) && !used.equals(home) && !may.contains(used)) {
                    faults.put(home + " " + used, home + " must not use " + used + ": " + dependency.getDescription());
                }
            }
        }
        return List.copyOf(faults.values());
    }

    private static String inShort(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : name;
    }

    /** No class that is too long to read, no package that is too full to walk through. */
    public static List<String> sizes() {
        List<String> faults = new ArrayList<>();
        Path sources = Path.of("src/main/java");
        Map<Path, Integer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(sources)) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".java")).toList()) {
                int lines = Files.readAllLines(file).size();
                if (lines > MOST_LINES) {
                    faults.add(sources.relativize(file) + " has " + lines + " lines");
                }
                if (!file.endsWith("package-info.java")) {
                    Integer ignored = files.merge(sources.relativize(file.getParent()), 1, Integer::sum);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.forEach((folder, count) -> {
            if (count > MOST_FILES) {
                faults.add(folder + " has " + count + " files");
            }
        });
        return faults;
    }

    /** Tests wait for what they need, never for a time. */
    public static void requireNoSleep(JavaClasses tests) {
        noClasses()
                .that()
                .areNotAssignableTo(Pacing.class)
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .check(tests);
        noClasses().should().callMethod(Thread.class, "sleep", Duration.class).check(tests);
        noClasses()
                .should()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .check(tests);
    }

    /** Names say what things are. */
    public static void requireNames(JavaClasses product) {
        for (String ending : List.of("Impl", "Manager", "Helper", "Utils")) {
            classes().should().haveSimpleNameNotEndingWith(ending).check(product);
        }
    }
}
