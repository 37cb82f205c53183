# Read by bin/artemis before every command except "run". Everything here is plain shell.

ARTEMIS_HOME=@{homeShell}
if [ -z "$ARTEMIS_INSTANCE" ]; then
  ARTEMIS_INSTANCE=@{instanceShell}
fi
ARTEMIS_DATA_DIR=@{dataShell}

if [ -z "$HAWTIO_ROLES" ]; then
  HAWTIO_ROLES=@{roleShell}
fi

# What was typed in the shell.
ARTEMIS_SHELL_HISTORY="$HOME/.artemis_history"

LOGGING_ARGS="-Dlog4j2.configurationFile=log4j2-utility.properties"

if [ -z "$JAVA_ARGS" ]; then
  JAVA_ARGS="-XX:+UseSerialGC -Xms32M -Xmx1G -Dlog4j2.disableJmx=true --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED@{utilityOptions}"
fi
