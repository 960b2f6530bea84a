import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs many of Apache Kafka's tools, one after another, in one JVM.
 *
 * Reads one JSON object a line: {"id", "class", "args", "stdin", "timeoutMs"}; answers one a line: {"id", "exit", "stdout", "stderr"}.
 * A tool that exits, returns or throws ends as its own process would: other threads are waited for, shutdown hooks run.
 * After timeoutMs it is ended as SIGTERM would (exit 143).
 *
 * Threads cannot be ended as a process ends them. What one prints, reads or asks for is that of the run to which the thread belongs,
 * by its thread group, and nothing when that run is over. What is left is told beside the answers: {"leftOver": sentence}.
 */
public final class ToolDriver {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static PrintStream replies;

    public static void main(String[] args) throws Exception {
        replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // Installed once: classes that keep System.out in a static field still print into the run of their thread.
        System.setOut(new PrintStream(new OutputOfRun(false), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new OutputOfRun(true), true, StandardCharsets.UTF_8));
        System.setIn(new InputOfRun());
        Exit.setExitProcedure(ToolDriver::exit);
        Exit.setHaltProcedure(ToolDriver::exit);
        Exit.setShutdownHookAdder(ToolDriver::addHook);
        ToolRun last = null;
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            tellLeftOverThreads(last);
            last = run(MAPPER.readTree(line));
        }
        Runtime.getRuntime().halt(0);
    }

    private static ToolRun run(JsonNode request) throws InterruptedException {
        String[] args = MAPPER.convertValue(request.get("args"), String[].class);
        ToolRun run = new ToolRun(request.get("class").asText(), args, request.get("stdin").asText());
        run.perform(request.get("timeoutMs").asLong());
        ObjectNode reply = MAPPER.createObjectNode();
        reply.set("id", request.get("id"));
        send(reply.put("exit", run.exit()).put("stdout", run.stdout.text()).put("stderr", run.stderr.text()));
        return run;
    }

    /** Asked when the next run begins: those that were about to end have ended by then. */
    private static void tellLeftOverThreads(ToolRun last) {
        List<String> threads = last == null ? List.of() : last.leftOverThreads();
        if (!threads.isEmpty()) tellLeftOver(last + " left threads behind: " + String.join(", ", threads));
    }

    private static void exit(int status, String message) {
        ToolRun run = ToolRun.ofThisThread();
        if (run == null || !run.isRunning()) {
            tellLate(run, "asked for an exit with " + status);
        } else {
            if (message != null) System.err.println(message);
            run.exit(status);
        }
        throw new ToolRun.Exited();
    }

    private static void addHook(String name, Runnable hook) {
        ToolRun run = ToolRun.ofThisThread();
        if (run == null || !run.addHook(new Thread(hook, name))) tellLate(run, "added the shutdown hook " + name);
    }

    private static void tellLate(ToolRun run, String what) {
        if (run != null && run.isUnwinding()) return;
        String whose = run == null ? "no tool" : run + ", which is over,";
        tellLeftOver(whose + " in thread " + Thread.currentThread().getName() + " " + what);
    }

    private static void tellLeftOver(String sentence) {
        send(MAPPER.createObjectNode().put("leftOver", sentence));
    }

    private static void send(ObjectNode message) {
        synchronized (replies) {
            replies.println(message);
            replies.flush();
        }
    }

    private static final class OutputOfRun extends OutputStream {
        private final boolean isError;

        OutputOfRun(boolean isError) {
            this.isError = isError;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            ToolRun run = ToolRun.ofThisThread();
            if (run != null && (isError ? run.stderr : run.stdout).write(bytes, offset, length)) return;
            tellLate(run, "printed: " + new String(bytes, offset, length, StandardCharsets.UTF_8).trim());
        }
    }

    private static final class InputOfRun extends InputStream {
        private static InputStream ofRun() {
            ToolRun run = ToolRun.ofThisThread();
            return run == null ? InputStream.nullInputStream() : run.stdin;
        }

        @Override
        public int read() throws IOException {
            return ofRun().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return ofRun().read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return ofRun().available();
        }
    }
}
