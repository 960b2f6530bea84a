import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;

/**
 * Formats a data directory when it is new and runs Apache Kafka in the same JVM.
 * Ends at once when standard input closes: no node outlives the test that started it.
 *
 * Arguments: the properties file, a file whose presence says "formatted", the arguments of StorageTool.
 */
public final class OracleNode {
    public static void main(String[] args) throws Exception {
        watchStandardInput();
        Path formatted = Path.of(args[1]);
        if (!Files.exists(formatted)) {
            format(java.util.Arrays.copyOfRange(args, 2, args.length));
            Files.createFile(formatted);
        }
        kafka.Kafka.main(new String[] {args[0]});
    }

    private static void format(String[] args) {
        Exit.setExitProcedure((status, message) -> {
            if (status != 0) Runtime.getRuntime().halt(status);
            throw new Formatted();
        });
        try {
            kafka.tools.StorageTool.main(args);
        } catch (Formatted done) {
            Exit.resetExitProcedure();
        }
    }

    private static void watchStandardInput() {
        Thread watcher = new Thread(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (IOException closed) {
                // The other end is gone, however it went.
            }
            Runtime.getRuntime().halt(130);
        }, "stdin-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static final class Formatted extends Error {
        private Formatted() {
            super("formatted", null, false, false);
        }
    }
}
