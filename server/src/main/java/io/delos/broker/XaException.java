package io.delos.broker;

/** A refusal in the words of transaction managers: one of the codes of the XA specification. */
public final class XaException extends BrokerException {

    private static final long serialVersionUID = 1L;

    private final Code code;

    /** What the XA specification calls it. */
    public enum Code {
        /** XA_HEURRB: somebody has rolled the branch back on his own. */
        HEURISTIC_ROLLBACK(6),
        /** XA_HEURCOM: somebody has committed the branch on his own. */
        HEURISTIC_COMMIT(7),
        /** XA_RBROLLBACK: the branch could only be rolled back, and was. */
        ROLLED_BACK(100),
        /** XAER_NOTA: no branch has this name. */
        UNKNOWN(-4),
        /** XAER_INVAL: that is no name of a branch. */
        INVALID(-5),
        /** XAER_PROTO: not in the state it is in. */
        PROTOCOL(-6),
        /** XAER_DUPID: a branch has this name already. */
        DUPLICATE(-8);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        /** As it is written on every wire. */
        public int number() {
            return number;
        }
    }

    XaException(Code code, String sentence) {
        super(Reason.TRANSACTION_STATE, sentence);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
