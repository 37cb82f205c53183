#!/bin/sh
# Plants each bug of this directory in a copy of the tree and demands that the simulation finds it: etc/planted/check.sh [name...]
# Prints the seed that found it. Ends with 1 if one was not found.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
names=${*:-$(cd "$root/etc/planted" && ls *.patch | sed 's/\.patch$//')}
missed=0
for name in $names; do
    copy=$(mktemp -d)
    (cd "$root" && tar -cf - --exclude=target --exclude=.git .) | tar -xf - -C "$copy"
    if (cd "$copy" && patch -s -p1 < "$root/etc/planted/$name.patch"); then
        (cd "$copy" && mvn ${MVN_OPTIONS:--o} -q -pl server -am test -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false \
            -Dsim.base="${BASE:-1}" -Dsim.histories="${HISTORIES:-3000}") > "$copy/said" 2>&1
        found=$(grep -o 'simulation: seed [0-9]* fails: .*' "$copy/said" | head -1)
    else
        found=
    fi
    if [ -n "$found" ]; then
        echo "$name: $found"
    else
        echo "$name: NOT FOUND"
        missed=1
    fi
    rm -rf "$copy"
done
exit $missed
