/**
 * Names, routes and limits. The {@link io.delos.address.AddressBook} belongs to the control loop and knows all addresses and queues; what
 * senders need of it is published in {@link io.delos.address.Routes}, whose entries are immutable.
 */
package io.delos.address;
