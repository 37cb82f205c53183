/**
 * OpenWire: the protocol of ActiveMQ's JMS client and its relatives, versions 1 to 12. {@link io.delos.openwire.OpenWireProtocol} recognises
 * it; {@code WireReader} and {@code WireWriter} know the two encodings, loose and tight; {@code Command} and {@code Answer} are what is said
 * in them; {@code OpenWireHandler} is one connection. No class is ever named by, or made from, what the network brings.
 */
package io.delos.openwire;
