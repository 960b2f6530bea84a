import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs many of Apache Kafka's tools, one after another, in one JVM.
 *
 * Reads one JSON object a line: {"id", "class", "args", "stdin", "timeoutMs"}; answers one a line: {"id", "exit", "stdout", "stderr"}.
 * A tool that exits, returns or throws ends as its own process would: other threads are waited for, shutdown hooks run, and
 * what it prints later is dropped. After timeoutMs it is ended as SIGTERM would (exit 143).
 */
public final class ToolDriver {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long HOOK_TIMEOUT_MS = 20_000;
    private static final int TERMINATED = 143;
    private static volatile Invocation current;

    public static void main(String[] args) throws Exception {
        PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // Installed once: classes that keep System.out in a static field still print into the current invocation.
        System.setOut(new PrintStream(new CurrentOutput(false), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new CurrentOutput(true), true, StandardCharsets.UTF_8));
        System.setIn(new CurrentInput());
        Exit.setExitProcedure((status, message) -> exit(status, message));
        Exit.setHaltProcedure((status, message) -> exit(status, message));
        Exit.setShutdownHookAdder((name, hook) -> current.hooks.add(new Thread(hook, name)));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            replies.println(run(MAPPER.readTree(line)));
            replies.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    private static String run(JsonNode request) throws Exception {
        Invocation invocation = new Invocation(request);
        current = invocation;
        invocation.start();
        if (!invocation.ended.await(request.get("timeoutMs").asLong(), TimeUnit.MILLISECONDS)) invocation.end(TERMINATED);
        invocation.ended.await();
        invocation.group.interrupt();
        ObjectNode reply = MAPPER.createObjectNode();
        reply.set("id", request.get("id"));
        reply.put("exit", invocation.exit).put("stdout", invocation.stdoutText).put("stderr", invocation.stderrText);
        return MAPPER.writeValueAsString(reply);
    }

    private static void exit(int status, String message) {
        Invocation invocation = current;
        // A late thread of an earlier tool must not end this one.
        if (invocation.owns(Thread.currentThread())) {
            if (message != null) System.err.println(message);
            invocation.end(status);
        }
        throw new Exited();
    }

    /** One run of one tool. Its threads belong to a group of their own. */
    private static final class Invocation {
        final ThreadGroup group = new ThreadGroup("tool");
        final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        final InputStream stdin;
        final List<Thread> hooks = java.util.Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch ended = new CountDownLatch(1);
        final String className;
        final String[] args;
        private boolean ending;
        volatile int exit;
        volatile String stdoutText;
        volatile String stderrText;

        Invocation(JsonNode request) {
            className = request.get("class").asText();
            args = MAPPER.convertValue(request.get("args"), String[].class);
            stdin = new ByteArrayInputStream(request.get("stdin").asText().getBytes(StandardCharsets.UTF_8));
        }

        void start() {
            new Thread(group, this::runMain, "main").start();
        }

        boolean owns(Thread thread) {
            return thread.getThreadGroup() == group || hooks.contains(thread);
        }

        private void runMain() {
            int status = 0;
            try {
                Class.forName(className).getMethod("main", String[].class).invoke(null, (Object) args);
                joinOthers();
            } catch (InvocationTargetException wrapped) {
                if (wrapped.getCause() instanceof Exited) return;
                System.err.print("Exception in thread \"main\" ");
                wrapped.getCause().printStackTrace();
                status = 1;
            } catch (ReflectiveOperationException missing) {
                System.err.println("Error: Could not find or load main class " + className);
                status = 1;
            } catch (InterruptedException stopped) {
                return;
            }
            end(status);
        }

        /** A JVM ends when its last thread that is no daemon ends. */
        private void joinOthers() throws InterruptedException {
            Thread[] threads = new Thread[group.activeCount() + 16];
            int count = group.enumerate(threads);
            for (int i = 0; i < count; i++) {
                if (threads[i] != Thread.currentThread() && !threads[i].isDaemon()) threads[i].join();
            }
        }

        /** The first end counts: a tool that catches our Exited and exits again, or prints what it caught, has ended already. */
        void end(int status) {
            synchronized (this) {
                if (ending) return;
                ending = true;
            }
            for (Thread hook : List.copyOf(hooks)) hook.start();
            for (Thread hook : List.copyOf(hooks)) {
                try {
                    if (hook != Thread.currentThread()) hook.join(HOOK_TIMEOUT_MS);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
            exit = status;
            stdoutText = stdout.toString(StandardCharsets.UTF_8);
            stderrText = stderr.toString(StandardCharsets.UTF_8);
            ended.countDown();
        }
    }

    private static final class CurrentOutput extends OutputStream {
        private final boolean isError;

        CurrentOutput(boolean isError) {
            this.isError = isError;
        }

        private ByteArrayOutputStream target() {
            Invocation invocation = current;
            if (invocation == null) return new ByteArrayOutputStream();
            return isError ? invocation.stderr : invocation.stdout;
        }

        @Override
        public void write(int value) {
            target().write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            target().write(bytes, offset, length);
        }
    }

    private static final class CurrentInput extends InputStream {
        @Override
        public int read() throws IOException {
            return current.stdin.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return current.stdin.read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return current.stdin.available();
        }
    }

    private static final class Exited extends Error {
        Exited() {
            super("exited", null, false, false);
        }
    }
}
