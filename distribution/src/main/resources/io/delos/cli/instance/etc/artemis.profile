# Read by bin/artemis before "run". Everything here is plain shell.

# The program. Point it at a new version's directory to upgrade.
ARTEMIS_HOME=@{homeShell}
# This instance, its data and its configuration.
if [ -z "$ARTEMIS_INSTANCE" ]; then
  ARTEMIS_INSTANCE=@{instanceShell}
fi
ARTEMIS_DATA_DIR=@{dataShell}

# Where a heap dump would go; one from the last run is kept under another name.
ARTEMIS_OOME_DUMP="$ARTEMIS_INSTANCE/log/oom_dump.hprof"
if [ -f "$ARTEMIS_OOME_DUMP" ]; then
  mv "$ARTEMIS_OOME_DUMP" "$ARTEMIS_OOME_DUMP.bkp"
fi

# Properties for ${name} in broker.xml, when several instances share one file.
# ARTEMIS_CLUSTER_PROPS="-Dnode.name=one -Dnode.port=61616"

# Who may use the web console.
if [ -z "$HAWTIO_ROLES" ]; then
  HAWTIO_ROLES=@{roleShell}
fi

# A broker that has run out of memory all the same ends at once: everything confirmed is on the disk.
# The heap starts small and grows as far as -Xmx when clients need it.
# global-max-size in broker.xml is half of -Xmx unless it is set there.
if [ -z "$JAVA_ARGS" ]; then
  JAVA_ARGS="-XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError @{heapDivision} -Xmx@{javaMemory} -Dhawtio.disableProxy=true -Dhawtio.realm=activemq -Dhawtio.offline=true -Djolokia.policyLocation=classpath:jolokia-access.xml -Dlog4j2.disableJmx=true --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED@{javaOptions}"
fi

# A heap dump when memory runs out:
# JAVA_ARGS="$JAVA_ARGS -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=$ARTEMIS_OOME_DUMP"

# What the collector and the safepoints do:
# JAVA_ARGS="$JAVA_ARGS -Xlog:gc*,safepoint:file=$ARTEMIS_INSTANCE/log/gc.log:time:filecount=5,filesize=10M"

# A debugger on port 5005:
# DEBUG_ARGS="-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=localhost:5005"
