/**
 * One catalogue of everything that can be read, set or asked. Each manageable thing is a {@link io.delos.management.Resource}, described
 * once; messages to the management address are one surface over the {@link io.delos.management.Catalogue}.
 */
package io.delos.management;
