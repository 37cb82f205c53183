/**
 * Settings as records. Each setting is declared once, by a {@link io.delos.config.Setting} on a record component: its name, default,
 * bounds and meaning. The parser of broker.xml, the property overrides, management and the documentation all read that declaration.
 * {@link io.delos.config.BrokerXml} turns the file into a {@link io.delos.config.BrokerConfig}; nothing here changes after it was made,
 * so every thread may read it.
 */
package io.delos.config;
