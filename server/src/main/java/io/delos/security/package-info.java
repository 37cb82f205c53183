/**
 * Who somebody is, and what they may do. {@link io.delos.security.Authenticator} turns credentials into an
 * {@link io.delos.security.Identity} on a worker, by the modules that login.config names; {@link io.delos.security.Permissions} is a
 * snapshot of the security-settings that answers at once. Passwords are only ever compared as hashes or in constant time.
 */
package io.delos.security;
