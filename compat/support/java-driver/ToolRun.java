import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run of one tool: the threads that it starts, what they read and print, and how it ended. */
final class ToolRun {
    private static final long HOOK_TIMEOUT_MS = 20_000;
    private static final int TERMINATED = 143;

    final InputStream stdin;
    final Output stdout = new Output();
    final Output stderr = new Output();
    private final Threads group = new Threads(this);
    private final String className;
    private final String[] args;
    private final List<Thread> hooks = new ArrayList<>();
    /** Those that asked for an exit, or have come to their own end. */
    private final Set<Thread> unwinding = ConcurrentHashMap.newKeySet();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean isEnding;
    private int exit;

    ToolRun(String className, String[] args, String stdin) {
        this.className = className;
        this.args = args;
        this.stdin = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
    }

    /** The run whose tool started this thread, or started what started it; null of a thread that no tool started. */
    static ToolRun ofThisThread() {
        for (ThreadGroup group = Thread.currentThread().getThreadGroup(); group != null; group = group.getParent()) {
            if (group instanceof Threads threads) return threads.run;
        }
        return null;
    }

    /** Returns when the tool has ended, or was ended. */
    void perform(long timeoutMs) throws InterruptedException {
        new Thread(group, this::runMain, "main").start();
        if (!ended.await(timeoutMs, TimeUnit.MILLISECONDS)) end(TERMINATED);
        ended.await();
        group.interrupt();
    }

    boolean isRunning() {
        return ended.getCount() > 0;
    }

    int exit() {
        return exit;
    }

    /** Ends the run by the thread that calls, which then unwinds. */
    void exit(int status) {
        unwinding.add(Thread.currentThread());
        end(status);
    }

    /**
     * The thread that calls has exited, and goes on only so that what it holds is closed: in a process of its own it would have
     * stopped there. Many a tool prints what we throw as if it were a failure, and exits again.
     */
    boolean isUnwinding() {
        return unwinding.contains(Thread.currentThread());
    }

    /** False when it is too late for that. */
    synchronized boolean addHook(Thread hook) {
        return !isEnding && hooks.add(hook);
    }

    /** The first end counts. */
    void end(int status) {
        synchronized (this) {
            if (isEnding) return;
            isEnding = true;
            exit = status;
        }
        for (Thread hook : hooks) hook.start();
        for (Thread hook : hooks) {
            try {
                if (hook != Thread.currentThread()) hook.join(HOOK_TIMEOUT_MS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        stdout.close();
        stderr.close();
        ended.countDown();
    }

    /** Names of threads that a process would have taken with it. */
    List<String> leftOverThreads() {
        return others().stream().filter(thread -> !unwinding.contains(thread)).map(Thread::getName).sorted().toList();
    }

    @Override
    public String toString() {
        return className + " " + String.join(" ", args);
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
        exit(status);
    }

    /** A JVM ends when its last thread that is no daemon ends. */
    private void joinOthers() throws InterruptedException {
        for (;;) {
            List<Thread> awaited = others().stream().filter(thread -> !thread.isDaemon()).toList();
            if (awaited.isEmpty()) return;
            for (Thread thread : awaited) thread.join();
        }
    }

    private List<Thread> others() {
        Thread[] threads = new Thread[group.activeCount() + 64];
        int count = group.enumerate(threads);
        return Arrays.stream(threads, 0, count).filter(thread -> thread != Thread.currentThread() && thread.isAlive()).toList();
    }

    /** What the tool prints until its run is over. */
    static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean isClosed;

        /** False when the run is over. */
        synchronized boolean write(byte[] from, int offset, int length) {
            if (isClosed) return false;
            bytes.write(from, offset, length);
            return true;
        }

        synchronized void close() {
            isClosed = true;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static final class Threads extends ThreadGroup {
        final ToolRun run;

        Threads(ToolRun run) {
            super("tool");
            this.run = run;
        }

        @Override
        public void uncaughtException(Thread thread, Throwable thrown) {
            if (!(thrown instanceof Exited)) super.uncaughtException(thread, thrown);
        }
    }

    /** Unwinds the thread that asked for an exit. */
    static final class Exited extends Error {
        Exited() {
            super("exited", null, false, false);
        }
    }
}
