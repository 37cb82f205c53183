package io.delos.security;

import java.util.Optional;

/**
 * Somebody who wants to be let in by SCRAM.
 *
 * @param keys to check the proof with; made up when nobody of that name can log in so, and no proof fits them
 * @param who  who it is if the proof is right; empty when {@code keys} are made up
 */
public record ScramUser(ScramKeys keys, Optional<Identity> who) {
}
