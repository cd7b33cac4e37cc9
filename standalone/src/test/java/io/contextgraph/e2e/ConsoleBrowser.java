// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium that shows the console. */
final class ConsoleBrowser implements AutoCloseable {
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Set<String> SERIOUS = Set.of("serious", "critical");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChromeDriver driver;
    private final URI address;

    /** Shows the overview of the server at this address. */
    ConsoleBrowser(URI address) {
        this.address = address;
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser().orElseThrow().toFile());
        // Tests run as root, too, where there is no sandbox; the pages are our own.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,900");
        LoggingPreferences log = new LoggingPreferences();
        log.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", log);
        File service = found("chromedriver").orElseThrow().toFile();
        this.driver = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(service).build(), options);
        driver.get(address.toString());
    }

    /** Whether there is one, with its driver. */
    static boolean isInstalled() {
        return browser().isPresent() && found("chromedriver").isPresent();
    }

    private static Optional<Path> browser() {
        return BROWSERS.stream().flatMap(name -> found(name).stream()).findFirst();
    }

    private static Optional<Path> found(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Goes to an address of the console, such as {@code #/sessions}. */
    void open(String hash) {
        driver.get(address.resolve("/" + hash).toString());
    }

    /** Loads the page anew, as a tab that was just opened. */
    void reload() {
        driver.navigate().refresh();
    }

    /** Shows the page as a screen of so many pixels does, which may be smaller than any window. */
    void narrow(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** As wide as the window is. */
    void wide() {
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    /** Asks for dark colours, or for light ones. */
    void dark(boolean isDark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
    }

    /** What can be read. */
    String text() {
        return Objects.requireNonNullElse((String) driver.executeScript("return document.body.innerText"), "");
    }

    /** Waits until the page says it. */
    void awaitText(String text) {
        await(() -> text().contains(text), text);
    }

    /** Waits until something is there, and gives it. */
    WebElement awaitElement(String selector) {
        await(() -> !driver.findElements(By.cssSelector(selector)).isEmpty(), selector);
        return driver.findElement(By.cssSelector(selector));
    }

    void await(BooleanSupplier met, String what) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    try {
                        return met.getAsBoolean();
                    } catch (StaleElementReferenceException redrawn) {
                        return false;
                    }
                });
    }

    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    void click(String selector) {
        awaitElement(selector).click();
    }

    /** Presses the button that is called so, within something. */
    void push(String within, String name) {
        await(
                () -> driver.findElements(By.cssSelector(within + " button")).stream()
                        .filter(button -> button.isEnabled() && button.getText().equals(name))
                        .findFirst()
                        .map(button -> {
                            button.click();
                            return true;
                        })
                        .orElse(false),
                "the button " + name);
    }

    /** What is downloaded from now on comes into this folder. */
    void saveTo(Path folder) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** Runs a script in each page that is opened from now on, before its own. */
    void beforeEachPage(String script) {
        Map<String, Object> ignored =
                driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** Presses keys where the focus is. */
    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** Writes into a field, and sends the form. */
    void enter(String selector, String text) {
        awaitElement(selector).sendKeys(text, Keys.ENTER);
    }

    Object script(String script) {
        return Objects.requireNonNullElse(driver.executeScript(script), "");
    }

    String hash() {
        return String.valueOf(driver.executeScript("return location.hash"));
    }

    String wholeAddress() {
        return Objects.requireNonNullElse(driver.getCurrentUrl(), "");
    }

    /** What the browser has complained of since it was asked last: errors of scripts, and what the policy forbids. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** What axe finds that keeps somebody from using the page. */
    List<String> obstacles() {
        return new AxeBuilder()
                .analyze(driver).getViolations().stream()
                        .filter(rule -> SERIOUS.contains(rule.getImpact()))
                        .map(ConsoleBrowser::told)
                        .toList();
    }

    /** The same in light colours and in dark ones. */
    List<String> obstaclesInAllColours() {
        List<String> found = new ArrayList<>(obstacles());
        dark(true);
        found.addAll(obstacles());
        dark(false);
        return found;
    }

    private static String told(Rule rule) {
        return rule.getId() + ": " + rule.getHelp() + " "
                + rule.getNodes().stream().limit(5).map(Object::toString).toList();
    }

    /** Another tab, which knows nothing of the first, at the same server. */
    void openTab() {
        driver.switchTo().newWindow(WindowType.TAB);
        driver.get(address.toString());
    }

    /** How many answers of this status the page has had since it was loaded. */
    int answers(int status) {
        return ((Number)
                        script("return performance.getEntriesByType('resource').filter((one) => one.responseStatus === "
                                + status + ").length"))
                .intValue();
    }

    /** Shows the page as it is on paper, or on a screen again. */
    void paper(boolean isPaper) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", isPaper ? "print" : ""));
    }

    /** Lets the page give files, which come to this folder. */
    void saveTo(Path folder) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** Drags over an element, from a part of its width to another one. */
    void drag(String selector, double from, double to) {
        WebElement element = awaitElement(selector);
        double width = element.getSize().getWidth();
        int way = (int) ((to - from) * width);
        new Actions(driver)
                .moveToElement(element, (int) ((from - 0.5) * width), 0)
                .clickAndHold()
                .moveByOffset(way / 2, 0)
                .moveByOffset(way - way / 2, 0)
                .release()
                .perform();
    }

    /** Turns the wheel over an element, away from who sits there, with Ctrl. */
    void zoomByWheel(String selector) {
        new Actions(driver)
                .keyDown(Keys.CONTROL)
                .scrollFromOrigin(WheelInput.ScrollOrigin.fromElement(awaitElement(selector)), 0, -100)
                .keyUp(Keys.CONTROL)
                .perform();
    }

    /** What sticks out of the page, or of a part that scrolls up and down only; and links that nobody can hit. */
    List<String> outside() {
        return texts("""
                const found = [];
                const page = document.documentElement;
                if (page.scrollWidth > page.clientWidth) {
                  found.push(`the page is ${page.scrollWidth} wide on ${page.clientWidth}`);
                }
                for (const box of document.querySelectorAll('.view-conversation, .detail-place, .lineage-body aside')) {
                  if (box.scrollWidth > box.clientWidth + 1) {
                    found.push(`${box.className || box.tagName} has ${box.scrollWidth} on ${box.clientWidth}`);
                  }
                }
                for (const link of document.querySelectorAll('main a')) {
                  if (link.getClientRects().length > 0 && link.getBoundingClientRect().width < 4) {
                    found.push('nothing to click: ' + link.getAttribute('href'));
                  }
                }
                return found;
                """);
    }

    /** What was loaded from anywhere but the server. */
    List<String> foreign() {
        return texts("""
                return performance.getEntriesByType('resource').map(({name}) => name)
                    .filter((name) => !name.startsWith(location.origin) && !name.startsWith('blob:' + location.origin));
                """);
    }

    /** What a script answers, which is a list of texts. */
    List<String> texts(String script) {
        return ((List<?>) script(script)).stream().map(String::valueOf).toList();
    }

    /** Writes what is seen to a file. */
    void picture(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
