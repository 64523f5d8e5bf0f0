package dev.holdfast.cluster.model;

/** What the protocol is made of. The model can do without each, to show what it is good for. */
enum Rule {
    /** A node closes its gate for a version of the switch before it reports that version. */
    CLOSE_BEFORE_REPORT,
    /** Drained is who is closed and has nothing in flight. */
    COUNT_IN_FLIGHT,
    /** The command counts only reports of the version that it waits for. */
    COMPARE_VERSIONS,
    /** The command looks at the switch again, after the last report, before it says drained. */
    LOOK_AGAIN,
    /** What it looks at, when it begins and when it says drained, is what a majority says, not one server. */
    ASK_MAJORITY,
    /** What one server says of the nodes counts only if it says at the same time that the switch is still as it is waited for. */
    LOOK_WITH_VERSION,
    /** Who is known and has not said that it is drained is waited for, though it is not there. */
    REMEMBER_KNOWN,
    /** A node lets itself be known before it reads the switch for the first time. */
    REGISTER_BEFORE_READ,
    /** A node starts closed. */
    START_CLOSED,
    /** It stays so until it is answered: {@code zookeeperAtStart=open} is without this rule. */
    STAY_CLOSED,
    /** A node that stops makes itself unknown only when nothing is in flight any more. */
    FORGET_AFTER_DRAIN,
    /** A node whose connection is lost leaves its gate as it is. */
    STAY_ON_LOSS,
    /** A node whose session has ended registers again. */
    REGISTER_AGAIN,

    /** A read says what was true when it was sent, or later: it is told by a majority, or by a leader that still is one. */
    READ_AT_HEAD,
    /** Requests are let go only by a node whose knowledge is not too old. */
    ASK_AGE,
    /** That is asked once more just before the first byte goes to the site. */
    ASK_AGE_AGAIN,
    /** That last question and the first byte are one instant. No program can promise it: see the test. */
    ASK_AND_SEND_AT_ONCE,
    /** Only an answer that says forward counts as knowledge: else the one that says hold would make somebody young who passed before. */
    TRUST_FORWARD_ONLY,
    /** With {@link Bounds.Away#HOLD}, only answers count as knowledge; otherwise failed questions too. */
    TRUST_ANSWERS_ONLY,
    /** A node that has vanished, and may live, is left out only when its knowledge must be too old. */
    WAIT_OUT_KNOWLEDGE,
    /** A node that is there is not left out. */
    COUNT_WHO_LIVES,
    /** With {@link Bounds.Away#KEEP}, what the operator says of a node is true: its process has ended. */
    TRUST_OPERATOR,
    /** Who has registered since he was seen to be gone stays known. */
    FORGET_WHO_WAS_SEEN
}
