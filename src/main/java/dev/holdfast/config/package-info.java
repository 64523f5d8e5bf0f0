/**
 * Settings: one record a thing, one loader, all validation.
 *
 * <p>{@link dev.holdfast.config.Setting} lists every setting once; {@link dev.holdfast.config.SettingsLoader} looks the
 * values up and makes the records, or says everything that is wrong in one message. Knows nothing of servlets, gates,
 * files or HTTP. Everything here is immutable and has no thread of its own.
 */
package dev.holdfast.config;
