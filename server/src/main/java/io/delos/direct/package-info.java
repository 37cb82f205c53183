/**
 * Direct addresses: what is sent there is handed to a consumer that has asked for it, or comes back to its producer; nothing is kept. A
 * {@link io.delos.direct.DirectAddress} knows who may take ({@link io.delos.direct.Outlet}) and who may send ({@link io.delos.direct.Inlet}),
 * promises the ones' credit to the others ({@link io.delos.direct.CreditBook}), and tells each producer its message's
 * {@link io.delos.direct.Fate}.
 */
package io.delos.direct;
