package io.delos.server;

import io.delos.journal.DamagedException;
import io.delos.journal.FormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What an operator is told when data can't be used: what, where, and what to do, in one line. Any thread. */
final class Refusal {

    private Refusal() {
    }

    /** The line for a failure that happened to a directory. */
    static String of(Throwable failure, Path directory) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IOException && known(cause))) {
            cause = cause.getCause();
        }
        return cause instanceof IOException io ? of(io, String.valueOf(failure.getMessage()), directory) : String.valueOf(failure.getMessage());
    }

    private static boolean known(Throwable cause) {
        return cause instanceof DamagedException || cause instanceof FormatException || cause instanceof FileSystemException;
    }

    private static String of(IOException failure, String said, Path directory) {
        String sentence = failure instanceof FileSystemException ? "the directory " + directory + " can't be used: " + reason(failure) : said;
        if (failure instanceof DamagedException) {
            return "the journal in " + directory + " is damaged: " + sentence + ". 'artemis data verify' tells what that costs, "
                    + "and 'artemis data recover' writes what can be read to another directory (docs/data.md)";
        }
        if (failure instanceof FormatException) {
            return "the journal in " + directory + " can't be read: " + sentence + ". Nothing in it was changed";
        }
        return sentence + advice(sentence);
    }

    private static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + ": permission denied. All in it must belong to the user " + System.getProperty("user.name")
                    + ", who runs the broker";
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return failure.getMessage() + " is not a directory";
        }
        return String.valueOf(failure.getMessage());
    }

    private static String advice(String sentence) {
        if (sentence.contains("Read-only file system")) {
            return ". Mount it so that it can be written";
        }
        if (sentence.contains("No space left") || sentence.contains("quota exceeded")) {
            return ". Free some space and start again; no message is harmed";
        }
        if (sentence.contains("Input/output error")) {
            return ". The disk fails; no message counts as lost, start again when it works";
        }
        return "";
    }
}
