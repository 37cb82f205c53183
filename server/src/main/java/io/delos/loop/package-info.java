/**
 * The threads of the broker. A {@link io.delos.loop.Loop} is one thread with a mailbox; every connection and every queue lives on one
 * for life. Nothing in Delos is shared between owners: they post to each other, and a turn's posts travel in one bundle.
 */
package io.delos.loop;
