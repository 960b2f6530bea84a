import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.utils.Exit;

/**
 * A tool for the tests of ToolDriver. `leave` ends and leaves a thread behind. `meet`, run after it, lets that thread print, read, add a
 * hook and exit, waits until it has, and prints its own standard input.
 */
public final class LateTool {
    private static final CountDownLatch met = new CountDownLatch(1);
    private static final CountDownLatch disturbed = new CountDownLatch(1);

    public static void main(String[] args) throws Exception {
        if (args[0].equals("leave")) {
            Thread late = new Thread(LateTool::disturb, "late");
            late.setDaemon(true);
            late.start();
            System.out.println("left");
            Exit.exit(3);
        }
        met.countDown();
        disturbed.await();
        System.out.print(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    }

    private static void disturb() {
        awaitMeeting();
        System.out.println("late words");
        System.err.println("late trouble");
        Exit.addShutdownHook("late hook", () -> System.out.println("late hook"));
        try {
            System.out.println("stole " + System.in.read());
            Exit.exit(7);
        } catch (IOException unreadable) {
            System.out.println(unreadable);
        } finally {
            disturbed.countDown();
        }
    }

    /** As stubborn as a thread can be: the driver interrupts what is left over. */
    private static void awaitMeeting() {
        for (;;) {
            try {
                met.await();
                return;
            } catch (InterruptedException ignored) {
                // Goes on.
            }
        }
    }
}
