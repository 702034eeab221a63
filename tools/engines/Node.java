import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/** Runs one node in a folder until standard input ends; all further arguments are settings, name=value. */
public class Node {
    public static void main(String[] arguments) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
            for (int place = 1; place < arguments.length; place++) {
                String[] setting = arguments[place].split("=", 2);
                if (setting[1].contains(",")) {
                    settings.putList(setting[0], setting[1].split(","));
                } else {
                    settings.put(setting[0], setting[1]);
                }
            }
        });
        runner.build(newConfigs().basePath(arguments[0]).numOfNode(1));
        while (System.in.read() >= 0) {
        }
        runner.close();
        System.exit(0);
    }
}
