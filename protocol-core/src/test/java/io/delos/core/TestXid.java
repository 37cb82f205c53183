package io.delos.core;

import java.nio.charset.StandardCharsets;
import javax.transaction.xa.Xid;

/** The name of a branch, as a transaction manager makes it. */
record TestXid(String global, String branch) implements Xid {
    @Override
    public int getFormatId() {
        return 4660;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return global.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] getBranchQualifier() {
        return branch.getBytes(StandardCharsets.UTF_8);
    }
}
