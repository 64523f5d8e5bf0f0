/**
 * What is true of a site now, and what was counted: as JSON, as metrics for Prometheus, over JMX. Everything is made from one
 * {@link dev.holdfast.status.SiteView}, so that all tell the same story.
 */
package dev.holdfast.status;
